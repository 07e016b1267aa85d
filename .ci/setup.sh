#!/bin/sh
# Make .venv, or the folder named, hold exactly the packages of one lock file.
#
#   sh .ci/setup.sh requirements.lock [FOLDER]
#
# Touches nothing outside that folder. Cheap when there is nothing to do: a copy of the lock, written last, says
# that its packages are in; a set-up that was cut short is thrown away and done afresh. Speaks on stderr
# only and never reads stdin: stdout and stdin belong to the command that comes after.
set -eu
exec </dev/null >&2

lock=$1
venv=${2:-.venv}
stamp=$venv/$lock
unfinished=$venv/unfinished
python=$venv/bin/python

compiled=$venv/compiled

# Compile our own modules as pip compiles its packages: else each start does it again where Python may not
# write (PYTHONDONTWRITEBYTECODE). A checkout that cannot be written does without.
compile() {
    if [ -d bot ] && { [ ! -e "$compiled" ] || [ -n "$(find bot knowledge -name '*.py' -newer "$compiled")" ]; }; then
        : >"$compiled"
        "$python" -m compileall -q bot knowledge >/dev/null || :
    fi
}

say() { printf '%s\n' "$*"; }
give_up() { say "$*"; exit 1; }

sound=no
if ls "$venv"/*.lock >/dev/null 2>&1 && [ ! -e "$unfinished" ] && "$python" -c '' 2>/dev/null; then
    sound=yes
fi
if [ $sound = yes ] && cmp -s "$lock" "$stamp"; then
    compile
    exit 0
fi

say "Setting up (once; everything goes into $venv)"

# 1. A Python that is new enough; PYTHON=... chooses another.
base=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        base=$candidate
        break
    fi
done
[ -n "$base" ] || give_up "  Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python3."
say "  1/3 $("$base" -c 'import sys; print("Python %d.%d.%d at %s" % (*sys.version_info[:3], sys.executable))')"

# 2. A virtual environment, unless a sound one is there (built to its end, and its Python still exists).
if [ $sound = no ]; then
    "$base" -c 'import ensurepip, venv' 2>/dev/null || give_up \
        "  This Python cannot make virtual environments: install its venv package (Debian, Ubuntu: sudo apt install python3-venv)."
    say "  2/3 Making the virtual environment"
    "$base" -m venv --clear "$venv" || give_up "  The virtual environment could not be made in $(pwd)/$venv: is the disk full or read-only?"
else
    say "  2/3 The virtual environment is there; its packages change"
fi

# 3. The locked packages, each held to its checksum.
say "  3/3 Installing $(grep -c '^[a-z]' "$lock") packages from $lock (a minute at most on a usual connection)"
: >"$unfinished"
PIP_USER=0 PYTHONUTF8=1 "$python" -m pip install --quiet --no-input --no-cache-dir --disable-pip-version-check \
    --require-hashes --requirement "$lock" ||
    give_up "  The packages could not be installed: check the network (pip's own words are above) and try again."
cp "$lock" "$stamp.part"
mv "$stamp.part" "$stamp"
rm "$unfinished"
compile
say "  Ready"
