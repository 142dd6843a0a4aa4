"""What is generated or vendored by its path and by `.gitattributes`."""

from __future__ import annotations

import pytest

from scanner.roles.foreign import Foreign, foreign_by_path, read_attributes

PATHS = [
    # Written here, whatever the name may make one think.
    ("src/vendor_api.py", None),
    ("src/version.py", None),
    ("app/bump_version.py", None),
    ("app/_version.py", None),
    ("tests/test_generated.py", None),
    ("app/code_generated.py", None),
    ("app/generated/models.py", None),
    ("shop/vendor/models.py", None),
    ("shop/vendors/views.py", None),
    ("pkg/extern/api.py", None),
    ("pkg/external.py", None),
    ("app/env/read.py", None),
    ("migrations/0001_initial.py", None),
    ("app/pb2.py", None),
    # Other people's code.
    ("pkg/_vendor/x/y.py", Foreign.VENDORED),
    ("pkg/_vendored/y.py", Foreign.VENDORED),
    ("third_party/a.py", Foreign.VENDORED),
    ("src/ThirdParty/a.py", Foreign.VENDORED),
    ("3rdparty/a.py", Foreign.VENDORED),
    ("web/node_modules/x/a.py", Foreign.VENDORED),
    ("lib/site-packages/x/a.py", Foreign.VENDORED),
    (".venv/lib/a.py", Foreign.VENDORED),
    # What protoc names.
    ("api/v1_pb2.py", Foreign.GENERATED),
    ("api/v1_pb2.pyi", Foreign.GENERATED),
    ("api/v1_pb2_grpc.py", Foreign.GENERATED),
]


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_by_names(path: str, expected: Foreign | None) -> None:
    assert foreign_by_path(path) is expected


G, V = Foreign.GENERATED, Foreign.VENDORED
ATTRIBUTES = [
    ("*.py text eol=lf", "b.py", None),
    ("# *.py linguist-generated", "b.py", None),
    ("gen/*.py linguist-generated", "gen/deep/b.py", None),
    ("third_party/** -linguist-vendored", "third_party/b.py", None),
    ("third_party/** linguist-vendored=false", "third_party/b.py", None),
    ("*.py linguist-generated\nkeep.py -linguist-generated", "x/keep.py", None),
    ("model_[ab].py linguist-generated", "model_c.py", None),
    ("*.py linguist-generated", "a/b.py", G),
    ("*.py linguist-generated=true", "b.py", G),
    ("*.py linguist-vendored", "b.py", V),
    ("vendor/** linguist-vendored", "vendor/b.py", V),
    ("gen/ linguist-generated", "gen/b.py", G),
    ("gen/** linguist-generated", "gen/deep/b.py", G),
    ("/gen/*.py linguist-generated", "gen/b.py", G),
    ("**/gen/*.py linguist-generated", "x/y/gen/b.py", G),
    ("model_?.py linguist-generated", "model_1.py", G),
]


@pytest.mark.parametrize(("text", "path", "expected"), ATTRIBUTES)
def test_by_git_attributes(text: str, path: str, expected: Foreign | None) -> None:
    assert foreign_by_path(path, read_attributes({"": text})) is expected


def test_attributes_of_a_folder_count_there_and_decide_last() -> None:
    rules = read_attributes({"": "*.py linguist-generated", "src": "*.py -linguist-generated"})
    assert foreign_by_path("a.py", rules) is G
    assert foreign_by_path("src/a.py", rules) is None
    assert foreign_by_path("other/a.py", rules) is G
