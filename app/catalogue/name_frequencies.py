"""How common family, middle and given names are in Viet Nam: what an attacker may look up, too.

The shares of the commonest family names are those usually quoted from counts of the whole population; the rest of the
family names, and the ranks of middle and given names by sex and year of birth, are our own estimate of a long tail.
They serve to measure the search index on invented people, nothing else.
"""

from __future__ import annotations


def _words(line: str) -> tuple[str, ...]:
    return tuple(line.split())


SURNAMES: tuple[tuple[str, float], ...] = (
    ("Nguyễn", 38.4),
    ("Trần", 11.5),
    ("Lê", 9.5),
    ("Phạm", 7.0),
    ("Hoàng", 3.4),
    ("Huỳnh", 1.7),
    ("Phan", 4.5),
    ("Vũ", 2.3),
    ("Võ", 1.6),
    ("Đặng", 2.1),
    ("Bùi", 2.0),
    ("Đỗ", 1.4),
    ("Hồ", 1.3),
    ("Ngô", 1.3),
    ("Dương", 1.0),
    ("Lý", 0.5),
)
"""Per cent of the population, commonest first but for the two spellings that are kept together."""

FURTHER_SURNAMES = _words(
    "Đinh Trịnh Đoàn Trương Lâm Mai Hà Cao Lương Đào Tạ Phùng Chu Tô Lưu Thái Vương Tăng Quách Kiều Vi Lò Nông Hứa "
    "Triệu Châu Mạc Bế Vàng Giàng Sùng Thào Lục Hạ Quan Lường Cà Quàng Tòng Điêu Bạc Cầm Ma Lèng Tẩn Chảo Phàn Lồ Thân "
    "Nghiêm Khổng Doãn Âu Ông Văn Thạch Sơn Kim Danh Từ Diệp Giang Liêu Trà La Đàm Đồng Cù Viên Bành Hàn Ninh Khúc Tống "
    "Phí Mẫn Lã Lại Thiều Nhâm Khuất Đới Ngụy Biện Chế Cung Mông Hồng Ứng Yên Ân Cái Chương Đậu Đường Hình Kha Lỗ Lữ "
    "Mã Nhan Ôn Phó Sái Tào Tiêu Tôn Trang Trì Úc Vĩnh Xa Y Niê Rơ Siu Kpă Hờ Cứ Mùa Thò Hầu Ly Lầu Vừ Và Xồng Lỳ Chang"
)
"""The rest, in falling order; what the first table leaves of a hundred per cent is shared among them."""

FEMALE_MIDDLE = _words(
    "Thị Thu Thanh Ngọc Phương Minh Kim Hồng Bích Thùy Mỹ Khánh Bảo Quỳnh Diệu Hoài Như Tuyết Xuân Lan Anh Hà Hải Mai "
    "Vân Yến Thảo Cẩm Nhật Gia Tú Trúc Huyền Hoàng Linh Hương Kiều Ánh Đan Tường"
)
MALE_MIDDLE = _words(
    "Văn Đức Minh Quang Hữu Xuân Thanh Ngọc Đình Công Quốc Anh Tuấn Hoàng Trung Duy Gia Bá Thế Tiến Mạnh Trọng Việt "
    "Hồng Phúc Huy Nhật Bảo Chí Vĩnh Hải Trường Tấn Phước Thái Khánh Đăng Nhất Viết Sỹ"
)
SIMPLE_MIDDLE = {1955: (0.85, 0.72), 1975: (0.70, 0.55), 1990: (0.48, 0.34), 2000: (0.25, 0.16)}
"""From that year of birth on: the share of women with the middle name Thị, of men with Văn."""

FEMALE_GIVEN = {
    1955: _words(
        "Lan Hoa Hương Mai Hồng Nga Thanh Liên Bình Hà Thủy Tuyết Xuân Yến Loan Cúc Hạnh Hòa Phượng Minh Tâm Nguyệt "
        "Oanh Vân Lý Hiền Nhung Thu Hải Thảo Dung Huệ Sen Đào Mận Bé Gái Út Nhàn Sáu Năm Lành Thơm Mến Chín Mười Thắm "
        "Tý Dần Thìn Ngọ Ba Tư Bảy Chanh Bưởi Khế"
    ),
    1975: _words(
        "Hương Hà Thủy Lan Hạnh Nga Huyền Hằng Thảo Trang Phương Hiền Linh Thu Yến Hoa Mai Hồng Vân Nhung Tuyết Dung "
        "Ngọc Loan Thanh Oanh Liên Tâm Hòa Minh Nguyệt Anh Xuân Quyên Trinh Thơm Thúy Bích Hiếu Trâm My Như Thắm Diệp "
        "Duyên Huệ Lý Phượng Hậu Tình Nhàn Mến Sương Cúc Đào Lụa"
    ),
    1995: _words(
        "Anh Linh Trang Ngọc Thảo Huyền Phương Hương Hà Nhung Hằng Ly Yến Nhi Trinh Mai Vy Trâm Quỳnh My Thư Hiền Như "
        "Thúy Dung Lan Duyên Uyên Vân Oanh Ngân Châu Giang Hân Tiên Tuyết Khánh Thùy Chi Thanh Nga Diễm Thu Hoa Tú Nguyên "
        "An Hạnh Mây Sương Ánh Diệp Bình Lam Đan San Súa Mỷ Dợ Pàng"
    ),
}
MALE_GIVEN = {
    1955: _words(
        "Hùng Dũng Sơn Thanh Minh Hải Bình Thắng Hòa Long Tuấn Tâm Quang Đức Chiến Thành Tiến Phúc Lợi Lâm Nam Cường "
        "Mạnh Toàn Hưng Vinh Khánh Phương Hiệp Dần Hợi Sửu Tý Ba Tư Năm Sáu Bảy Tám Chín Mười Út Lực Kỳ Sỹ Quý Xuân Hà "
        "Đông Thu Hạ Giang Bắc Tùng Bách Nghĩa Trí"
    ),
    1975: _words(
        "Tuấn Hùng Dũng Cường Thắng Sơn Hải Thành Minh Long Hưng Nam Đức Tùng Quân Trung Kiên Toàn Hiếu Linh Mạnh Anh "
        "Tiến Quang Phong Hà Việt Duy Bình Công Huy Vinh Thanh Tâm Khánh Phúc Hòa Lâm Giang Chung Quyết Thịnh Đạt Hậu "
        "Luân Trường Lợi Chiến Phương Tú Hoàng Nghĩa Phước Tài Lộc Sang"
    ),
    1995: _words(
        "Anh Huy Minh Đức Long Hoàng Nam Tuấn Dũng Hiếu Hưng Khánh Đạt Quân Kiên Duy Khang Bảo Phúc Thành Trung Sơn "
        "Tùng Hải Phong Việt Linh Tú Cường Thắng Quang Khoa Thịnh Nguyên Tiến Trường Tài Lộc Vinh Toàn Mạnh Phát Hùng "
        "Đăng Hào Nhân Kiệt Thiện Vũ Tâm Chí Sang Dương Bách An Dua Páo Sinh Chớ Nhật"
    ),
}
"""Given names in falling order, for those born from that year on."""
