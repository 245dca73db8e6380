"""Fixtures: groups that are taken down whatever happens, and whose folder stays when a test fails."""

import pytest

from harness import Group


def _made(request):
    """Makes groups; at the end each daemon must have ended well, unless a test failed before."""
    made = []
    failures = request.session.testsfailed

    def make(*arguments, **options):
        made.append(Group(*arguments, **options))
        return made[-1]

    yield make
    good = False
    try:
        if request.session.testsfailed == failures:
            for group in made:
                group.finish()
            good = True
    finally:
        for group in made:
            group.kill()
            if good:
                group.forget()
            else:
                print(f"kept: {group.folder}\n{group.logs_text()}")


@pytest.fixture
def groups(request):
    """groups(councils=(...), ...) for one test."""
    yield from _made(request)


@pytest.fixture(scope="module")
def shared_groups(request):
    """The same, for all tests of a file."""
    yield from _made(request)


@pytest.fixture
def group(groups):
    """A hub, leeds and york, running."""
    return groups().start()
