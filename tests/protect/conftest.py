"""What tests of protection share: a line on the terminal that a long run ends with."""

import pytest


@pytest.fixture
def say(request):
    """Write a line to the terminal, past what pytest keeps of a passing test."""
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    return reporter.write_line if reporter else lambda line: None
