"""The groups of the integration tests, for readers in Python to join."""

import importlib.util
import pathlib
import sys

INTEGRATION = pathlib.Path(__file__).resolve().parent.parent / "integration"
sys.path.append(str(INTEGRATION))
_spec = importlib.util.spec_from_file_location("group_fixtures", INTEGRATION / "conftest.py")
_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)
groups = _fixtures.groups
shared_groups = _fixtures.shared_groups
group = _fixtures.group
