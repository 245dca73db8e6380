"""Fixtures: groups that are taken down whatever happens, and whose folder stays when a test fails."""

import pytest

from harness import Group


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed = outcome.get_result().failed


@pytest.fixture
def groups(request):
    """Makes groups: groups(councils=(...), ...)."""
    made = []

    def make(*arguments, **options):
        made.append(Group(*arguments, **options))
        return made[-1]

    yield make
    failed = getattr(request.node, "failed", True)
    try:
        if not failed:
            failed = True
            for group in made:
                group.finish()
            failed = False
    finally:
        for group in made:
            group.kill()
            if failed:
                print(f"kept: {group.folder}\n{group.logs_text()}")
            else:
                group.remove()


@pytest.fixture
def group(groups):
    """A hub, leeds and york, running."""
    return groups().start()
