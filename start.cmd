@echo off
rem Double-click: sets up on the first start, then runs the demo. Arguments go to bootstrap.py instead of "demo".
setlocal
chcp 65001 >nul
cd /d "%~dp0"
set "ARGS=%*"
if not defined ARGS set "ARGS=demo"
set "PYTHONUTF8=1"

where py >nul 2>nul
if %errorlevel%==0 (
    py -3 bootstrap.py %ARGS%
    goto done
)
rem Without Python, Windows offers a "python" that only opens the store; --version tells them apart.
python --version >nul 2>nul
if %errorlevel%==0 (
    python bootstrap.py %ARGS%
    goto done
)
echo Python 3.11 or newer is needed: install it from python.org, then start this again.
echo 需要 Python 3.11 或更高版本：请从 python.org 安装后重新双击本文件。

:done
echo.
pause
