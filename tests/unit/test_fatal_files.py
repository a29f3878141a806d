"""A file over which a run came to its end is not read by the next one, and a person is told which it is."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import psutil
import pytest

from flows.sheets.setaside import FOLDER
from rpa.documents.fatal import Fatal, FatalFiles
from tests.processes import ended_by
from tests.unit.arrival_desk import A, B
