"""Declarations of one shape are no copies, whatever declares them; code beside them still is."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.scoring.duplication import score_duplication
from tests.clones.changes import copies_between

NOUNS = ("number", "customer", "issued", "due", "total", "paid", "remarks", "city")
OTHERS = ("code", "truck", "loaded", "arrived", "weight", "late", "damage", "dock")

#: Lines of eight shapes, with a noun to be filled in.
Lines = tuple[str, ...]

FIELDS: dict[str, tuple[str, Lines]] = {
    "Django models": (
        "class {0}(models.Model):",
        (
            "{} = models.CharField(max_length=20, unique=True)",
            '{} = models.ForeignKey("{}", on_delete=models.PROTECT)',
            "{} = models.DateField(db_index=True)",
            "{} = models.DateField(null=True)",
            "{} = models.DecimalField(max_digits=12, decimal_places=2)",
            "{} = models.BooleanField(default=False)",
            "{} = models.TextField(blank=True)",
            '{} = models.ManyToManyField("{}", related_name="+")',
        ),
    ),
    "SQLAlchemy mapped columns": (
        "class {0}(Base):",
        (
            "{}: Mapped[int] = mapped_column(primary_key=True)",
            "{}: Mapped[str] = mapped_column(String(40), nullable=False)",
            '{}: Mapped[int] = mapped_column(ForeignKey("{}.id"), index=True)',
            "{}: Mapped[datetime] = mapped_column(server_default=func.now())",
            "{}: Mapped[Decimal] = mapped_column(Numeric(10, 2))",
            "{}: Mapped[bool] = mapped_column(default=False)",
            "{}: Mapped[str | None] = mapped_column(Text)",
            '{}: Mapped[list["Item"]] = relationship(back_populates="{}")',
        ),
    ),
    "pydantic fields": (
        "class {0}(BaseModel):",
        (
            '{}: str = Field(max_length=20, description="The {}")',
            "{}: int = Field(gt=0)",
            "{}: list[str] = Field(default_factory=list)",
            '{}: str | None = Field(default=None, alias="{}")',
            "{}: float = Field(ge=0, le=100)",
            "{}: bool = False",
            "{}: dict[str, int] = {{}}",
            "{}: Literal['a', 'b'] = 'a'",
        ),
    ),
    "attrs": (
        "class {0}:",
        (
            "{}: str = field(validator=instance_of(str))",
            "{}: int = field(default=3, converter=int)",
            "{}: list[str] = field(factory=list)",
            "{}: float = field(validator=[ge(0), lt(9)])",
            "{}: bool = field(default=False, repr=False)",
            "{}: str | None = field(default=None, kw_only=True)",
            "{}: Path = field(converter=Path, eq=False)",
            "{}: object = field(init=False)",
        ),
    ),
    "an enumeration": ("class {0}(Enum):", tuple(f'{{}} = "{{}}-{n}", {n}' for n in range(8))),
    "a typed dictionary": (
        "class {0}(TypedDict, total=False):",
        (
            "{}: Required[str]",
            "{}: NotRequired[int]",
            "{}: list[dict[str, int]]",
            "{}: Mapping[str, tuple[int, ...]]",
            "{}: Callable[[int, str], bool]",
            "{}: str | None",
            "{}: Annotated[int, 'unit']",
            "{}: set[frozenset[str]]",
        ),
    ),
    "a factory": (
        "class {0}(DjangoModelFactory):",
        (
            '{} = factory.Sequence("{}-%d".__mod__)',
            '{} = factory.Faker("name", locale="de")',
            "{} = factory.SubFactory(Other, kind=3)",
            "{} = factory.LazyFunction(now)",
            "{} = factory.LazyAttribute(lambda made: made.start)",
            "{} = factory.Iterator([1, 2, 3])",
            "{} = None",
            "{} = factory.Trait(is_done=True)",
        ),
    ),
}

CALLS: dict[str, tuple[str, Lines]] = {
    "argparse": (
        "def add_{0}(parser):",
        (
            'parser.add_argument("--{}", required=True, help="The {}.")',
            'parser.add_argument("--{}", default="", help="The {}.")',
            'parser.add_argument("--{}", type=int, default=20)',
            'parser.add_argument("--{}", action="store_true")',
            'parser.add_argument("--{}", choices=["a", "b"])',
            'parser.add_argument("--{}", nargs="*", metavar="X")',
            'parser.add_argument("{}")',
            'parser.add_argument("-x", "--{}", type=Path)',
        ),
    ),
    "a migration": (
        "def upgrade_{0}():",
        (
            'op.add_column("t", sa.Column("{}", sa.Integer(), nullable=True))',
            'op.create_index("ix_{}", "t", ["{}"])',
            'op.add_column("t", sa.Column("{}", sa.String(length=20)))',
            'op.create_unique_constraint("uq_{}", "t", ["{}"])',
            'op.drop_column("t", "{}")',
            'op.alter_column("t", "{}", nullable=False)',
            'op.create_foreign_key("fk_{}", "t", "u", ["{}"], ["id"])',
            'op.drop_index("ix_{}", table_name="t")',
        ),
    ),
    "routes": (
        "def register_{0}(app):",
        (
            'app.include_router({}.router, prefix="/{}", tags=["{}"])',
            'app.include_router({}.router, prefix="/{}")',
            "app.include_router(api.{}, dependencies=[Depends(user)])",
            "app.include_router({})",
            'app.include_router(make_router("{}"), include_in_schema=False)',
            'app.include_router({}.v1.router, prefix="/v1")',
            'app.include_router({}.v2.router, prefix="/v2", deprecated=True)',
            'app.include_router({}.admin, tags=["admin", "{}"])',
        ),
    ),
    "signals": (
        "def connect_{0}(self):",
        (
            "self.{}.clicked.connect(self.on_{})",
            "self.ui.{}.toggled.connect(self.on_{})",
            "self.{}.timeout.connect(self.model.reload)",
            "{}.changed.connect(self.refresh)",
            "self.{}.clicked.connect(lambda: self.go(1))",
            "self.bar.{}.triggered.connect(self.on_{})",
            "self.{}.finished.connect({})",
            "self.{}.activated[int].connect(self.pick)",
        ),
    ),
}

#: Calls that come again for each of four nouns.
REFRAINS: dict[str, Lines] = {
    "subcommands": (
        '{0} = sub.add_parser("{0}", help="Do {0}.")',
        '{0}.add_argument("--dry-run", action="store_true")',
        "{0}.set_defaults(run=run_{0})",
    ),
    "menus": ('{0} = QAction("{0}", self)', "{0}.triggered.connect(self.{0})",
              'self.menu.addAction({0}, "{0}")'),
}  # fmt: skip

DECORATED = (
    '@click.option("--{}", required=True, help="The {}.")',
    '@click.option("--{}", default="", help="The {}.")',
    '@click.option("--{}", type=click.DateTime())',
    '@click.option("--{}", type=int, default=20)',
    '@click.option("--{}", is_flag=True)',
    '@click.option("--{}", type=click.Path(), help="Where.")',
    '@click.argument("{}", nargs=-1)',
    '@click.option("-x", "--{}", multiple=True)',
)

TABLES = {
    "URL patterns": (
        "urlpatterns = [",
        '    path("{}/<int:pk>/", views.{}, name="{}"),',
        "]",
    ),
    "a table to dispatch by": ("HANDLERS = {{", '    "{}": handle_{},', "}}"),
    "what is exported": ("__all__ = [", '    "{}",', "]"),
}


def filled(head: str, lines: Lines, nouns: tuple[str, ...]) -> str:
    body = (line.format(*[noun] * 3) for line, noun in zip(lines, nouns, strict=True))
    return "\n".join((head.format(nouns[0].title()), *(f"    {line}" for line in body), ""))


def refrain(lines: Lines, nouns: tuple[str, ...]) -> str:
    body = (f"    {line.format(noun)}\n" for noun in nouns[:4] for line in lines)
    return f"def add_{nouns[0]}(self, sub):\n" + "".join(body)


def table(parts: tuple[str, str, str], nouns: tuple[str, ...]) -> str:
    opening, row, closing = parts
    rows = (row.format(*[noun] * 3) for noun in nouns)
    return "\n".join((opening.format(), *rows, closing.format(), ""))


def command(nouns: tuple[str, ...], body: str) -> str:
    options = (line.format(*[noun] * 2) for line, noun in zip(DECORATED, nouns, strict=True))
    return "\n".join(("@click.command()", *options, f"def run({', '.join(nouns)}):", body, ""))


ALIKE = {
    **{name: (filled(*one, NOUNS), filled(*one, OTHERS)) for name, one in FIELDS.items()},
    **{name: (filled(*one, NOUNS), filled(*one, OTHERS)) for name, one in CALLS.items()},
    **{name: (table(one, NOUNS), table(one, OTHERS)) for name, one in TABLES.items()},
    **{name: (refrain(one, NOUNS), refrain(one, OTHERS)) for name, one in REFRAINS.items()},
    "click options": (
        command(NOUNS, "    return find(number)"),
        command(OTHERS, "    return [one for one in every() if one.code == code]"),
    ),
    "parametrized tests": (
        (
            '@pytest.mark.parametrize(\n    ("text", "slug"),\n    [\n        ("a b", "a-b"),\n'
            '        ("A", "a"),\n        (" ", ""),\n        ("é", "e"),\n    ],\n)\n'
            "def test_slug(text, slug):\n    assert make_slug(text) == slug\n"
        ),
        (
            '@pytest.mark.parametrize(\n    ("name", "word"),\n    [\n        ("cats", "cat"),\n'
            '        ("Dogs", "dog"),\n        ("is", "be"),\n        ("s", "s"),\n    ],\n)\n'
            "def test_stem(name, word):\n    assert stem(name) == word\n"
        ),
    ),
    "stubs of a protocol": (
        "class A(Protocol):\n"
        + "".join(f"    def {n}(self, at: int, to: str) -> int: ...\n" for n in NOUNS),
        "class B(Protocol):\n"
        + "".join(f"    def {n}(self, at: int, to: str) -> int: ...\n" for n in OTHERS),
    ),
}

LOGIC = """\
    total = sum(line.amount * line.rate for line in order.lines)
    entry = bank.open_entry(order.customer, clock.now())
    entry.amount = round(total, 2)
    entry.currency = order.currency
    entry.note = f"order {order.number} of {order.customer}"
    bank.close_entry(entry, note="settled")
    return entry
"""
DRAWING = """\
    canvas.begin(style.colour, style.width)
    canvas.move_to(box.left, box.top)
    canvas.line_to(box.right, box.top)
    pen.press(style.weight)
    canvas.line_to(box.right, box.bottom - style.width)
    pen.lift()
    canvas.curve_to(box.left, box.bottom, style.radius)
    canvas.close_path()
    canvas.fill(style.background or style.colour)
    log.debug("drawn", box)
"""
COPIED = {
    "logic under declared options": (command(NOUNS, LOGIC), command(OTHERS, LOGIC)),
    "logic of methods in declared classes": (
        filled(*FIELDS["Django models"], NOUNS)
        + "\n    def pay(self, order, bank, clock):\n"
        + LOGIC.replace("    ", "        "),
        filled(*FIELDS["Django models"], OTHERS)
        + "\n    def refund(self, order, bank, clock):\n"
        + LOGIC.replace("    ", "        "),
    ),
    "a procedure of calls, with other names": (
        "def draw(canvas, pen, box, style):\n" + DRAWING,
        "def paint(sheet, brush, area, look):\n"
        + DRAWING.replace("canvas", "sheet").replace("pen.", "brush.").replace("box", "area")
        .replace("style", "look"),
    ),
    "a long list of the very same fields": (
        filled("class {0}(Base):", FIELDS["pydantic fields"][1] * 2, (*NOUNS, *OTHERS)),
        filled("class Other(Base):", FIELDS["pydantic fields"][1] * 2, (*NOUNS, *OTHERS)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ALIKE.values(), ids=ALIKE)
def test_declarations_of_one_shape_are_no_copies(case: tuple[str, str], tmp_path: Path) -> None:
    before, after = case
    assert copies_between(tmp_path, {"a.py": before}, {"b.py": after}) == ()


@pytest.mark.parametrize("case", COPIED.values(), ids=COPIED)
def test_code_beside_declarations_is_a_copy(case: tuple[str, str], tmp_path: Path) -> None:
    before, after = case
    copies = copies_between(tmp_path, {"a.py": before}, {"b.py": after})
    assert len(score_duplication(copies)) == 1
