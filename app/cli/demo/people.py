"""The invented units, accounts and persons of the demonstration; nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.states import UnitKind

FICTIONAL = "(hư cấu)"
PASSWORD = "thuyen-ve-ben-an"  # noqa: S105 - printed for everybody who starts the demonstration


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit as it is created: its symbol closes document numbers."""

    name: str
    parent: str
    symbol: str
    place: str
    kind: UnitKind


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account as it is created; `permanent` False shows the forced change of the first password."""

    username: str
    name: str
    rank: str
    position: str
    unit: str
    role: str
    permanent: bool = True

    @property
    def display_name(self) -> str:
        """The name with its mark."""
        return f"{self.name} {FICTIONAL}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a file is about; `name` is marked wherever it is stored."""

    name: str
    sex: str
    birth_date: str
    home: str
    nationality: str = "VN"
    ethnicity: str = "Kinh"
    language: str = "vi"

    @property
    def full_name(self) -> str:
        """The name with its mark."""
        return f"{self.name} {FICTIONAL}"


POLICE, SHELTER, OTHER = "PC02", "NTL", "PC02-K"

UNITS: tuple[DemoUnit, ...] = (
    DemoUnit(
        "Phòng Cảnh sát hình sự (hư cấu)", "Công an tỉnh Bến An", POLICE, "Bến An", UnitKind.POLICE
    ),
    DemoUnit(
        "Nhà tạm lánh Hoa Sen (hư cấu)", "Sở Y tế tỉnh Bến An", SHELTER, "Bến An", UnitKind.PARTNER
    ),
    DemoUnit(
        "Phòng Cảnh sát hình sự tỉnh Sông Khác (hư cấu)",
        "Công an tỉnh Sông Khác",
        OTHER,
        "Sông Khác",
        UnitKind.POLICE,
    ),
)  # fmt: skip

ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("truc", "Trần Thị Thử", "Trung úy", "Cán bộ trực ban", POLICE, "hotline_operator"),
    DemoAccount("canbo", "Nguyễn Văn Mẫu", "Đại úy", "Cán bộ", POLICE, "case_officer"),
    DemoAccount("canbo2", "Lê Thị Ví Dụ", "Đại úy", "Cán bộ", POLICE, "case_officer"),
    DemoAccount("chihuy", "Đỗ Anh Giả", "Trung tá", "Đội trưởng", POLICE, "supervisor"),
    DemoAccount("chihuy2", "Bùi Minh Tưởng", "Thiếu tá", "Phó Đội trưởng", POLICE, "supervisor"),
    DemoAccount("vanthu", "Võ Thị Sổ", "Trung úy", "Cán bộ văn thư", POLICE, "records_clerk"),
    DemoAccount("quantri", "Hồ Minh Máy", "Đại úy", "Quản trị hệ thống", POLICE, "administrator"),
    DemoAccount("doitac", "Đinh Thị Sen", "", "Phó Giám đốc", SHELTER, "partner"),
    DemoAccount("chihuy-khac", "Phan Văn Khắc", "Trung tá", "Đội trưởng", OTHER, "supervisor"),
    DemoAccount("moi", "Dương Thị Mới", "Thiếu úy", "Cán bộ", POLICE, "case_officer", permanent=False),
)

CALLERS: tuple[str, ...] = tuple(
    f"{name} {FICTIONAL}"
    for name in ("Lý Thị Báo", "Hoàng Văn Tin", "Phạm Thị Kể", "Ngô Văn Nghe", "Mai Thị Gọi", "Tạ Văn Thấy")
)

VICTIMS: tuple[Person, ...] = (
    Person("Lò Thị Mây", "female", "2003-05-12", "xã Bản Mây", ethnicity="Thái", language="blt"),
    Person("Vàng Thị Suối", "female", "2005-01-20", "xã Thượng Nguồn", ethnicity="Mông", language="hmn"),
    Person("Nguyễn Thị Bến", "female", "1998-11", "phường Bến Cũ"),
    Person("Trần Văn Đò", "male", "2001-07-03", "xã Bãi Bồi"),
    Person("Nông Thị Rừng", "female", "1999-02-14", "xã Khe Sâu", ethnicity="Tày", language="tyz"),
    Person("Phùng Văn Nương", "male", "2002-09-09", "xã Đồi Chè", ethnicity="Dao", language="ium"),
    Person("Đặng Thị Sương", "female", "1996-12-30", "phường Chợ Mới"),
    Person("Hà Văn Thung", "male", "2000-04-18", "xã Thung Lũng", ethnicity="Mường", language="mtq"),
    Person("Lê Thị Đồng", "female", "2004-08-08", "xã Đồng Xa"),
    Person("Giàng Thị Dốc", "female", "2003-03", "xã Dốc Đứng", ethnicity="Mông", language="hmn"),
    Person("Phan Thị Lúa", "female", "1997-06-21", "xã Lúa Vàng"),
    Person("Vũ Văn Thuyền", "male", "1995-10-10", "phường Cửa Sông"),
    Person("Triệu Thị Chàm", "female", "2002-02-02", "xã Vườn Chàm", ethnicity="Dao", language="ium"),
)

WANTED: tuple[Person, ...] = tuple(
    Person(name, sex, born, "tỉnh Bến An (tạm trú)", nationality, "", language)
    for name, sex, born, nationality, language in (
        ("Kim Gasang", "male", "1984-02-11", "KR", "other"),
        ("Park Heogu", "male", "1979-08-23", "KR", "other"),
        ("Sato Kasou", "male", "1990-05-05", "JP", "other"),
        ("Tanaka Rei", "female", "1988-12-01", "JP", "other"),
        ("Li Xugou", "male", "1975-03-17", "CN", "zh"),
        ("Wang Xuni", "female", "1986-09-30", "CN", "zh"),
        ("Ivan Vymyslov", "male", "1982-07-07", "RU", "other"),
        ("Olga Primerova", "female", "1991-01-15", "RU", "other"),
        ("John Exampleton", "male", "1977-10-02", "GB", "en"),
        ("Mary Specimen", "female", "1985-04-26", "AU", "en"),
        ("Jean Fictif", "male", "1980-06-13", "FR", "other"),
        ("Marie Exemple", "female", "1993-11-19", "FR", "other"),
        ("Somchai Sommut", "male", "1989-02-27", "TH", "th"),
        ("Khamla Somsy", "male", "1987-08-04", "LA", "lo"),
        ("Sok Chamlong", "male", "1992-03-21", "KH", "km"),
        ("Rajan Kalpit", "male", "1981-05-29", "IN", "en"),
        ("Nguyễn Văn Tưởng", "male", "1983-12-12", "VN", "vi"),
        ("Jan Vymysl", "male", "1978-01-08", "CZ", "other"),
        ("Budi Contoh", "male", "1994-07-25", "ID", "other"),
    )
)
