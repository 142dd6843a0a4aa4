import os
import sys


def delete(user, item, node):
    # ok: access-checked-by-assert
    if not user.is_admin:
        raise PermissionError
    # ok: access-checked-by-assert
    assert node.is_admin_node
    # ruleid: access-checked-by-assert
    assert user.is_admin, "admins only"
    # ruleid: access-checked-by-assert
    assert user.has_perm("delete")


def load(path, node, response):
    # ok: input-checked-by-assert
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    # ok: input-checked-by-assert
    assert node is not None
    # ok: input-checked-by-assert
    assert os.path.exists(path), path
    # ok: input-checked-by-assert
    assert not path.exists()
    # ok: input-checked-by-assert
    assert node.process.returncode is not None
    # ruleid: input-checked-by-assert
    assert os.path.exists(path), f"{path} does not exist"
    # ruleid: input-checked-by-assert
    assert len(sys.argv) == 2
    # ruleid: input-checked-by-assert
    assert response.status_code == 200


def _load(path):
    # ok: input-checked-by-assert
    assert path.is_dir(), "not a folder"


def drain(stack):
    last = stack.pop()
    # ok: assert-with-effect
    assert last == "end"
    # ok: assert-with-effect
    assert stack.copy()
    # ruleid: assert-with-effect
    assert stack.pop() == "start"


def split(text, size: int):
    # ok: argument-checked-by-assert
    if size <= 0:
        raise ValueError(size)
    return text[:size]


def entry(self, name: str):
    # ok: argument-checked-by-assert
    assert name in self.table, f"{name} is not in the table"


def _split(text, size: int):
    # ok: argument-checked-by-assert
    assert size > 0, "size must be positive"
    return text[:size]


def cut(text, size: int):
    # ruleid: argument-checked-by-assert
    assert size > 0, "size must be positive"
    return text[:size]
