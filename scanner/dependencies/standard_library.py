"""The top-level modules of the standard library in Python 3.8 to 3.15, and those since removed.

Not `sys.stdlib_module_names`: what Tallystick runs on says nothing of what the code is for. Names
that begin with an underscore are left out.
"""

from __future__ import annotations

_PYTHON_3 = """
abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop
base64 bdb binascii binhex bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs
codeop collections colorsys compileall compression concurrent configparser contextlib contextvars
copy copyreg cProfile crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis
distutils doctest dummy_threading email encodings ensurepip enum errno faulthandler fcntl filecmp
fileinput fnmatch formatter fractions ftplib functools gc genericpath getopt getpass gettext glob
graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io
ipaddress itertools json keyword lib2to3 linecache locale logging lzma macpath mailbox mailcap
marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath
nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb pickle pickletools
pipes pkgutil platform plistlib poplib posix posixpath pprint profile profiling pstats pty pwd
py_compile pyclbr pydoc pydoc_data pyexpat pyrepl queue quopri random re readline reprlib resource
rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib
sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics
string stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile
telnetlib tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib
trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid
venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc xxlimited
xxsubtype zipapp zipfile zipimport zlib zoneinfo
"""
_PYTHON_2 = """
__builtin__ anydbm BaseHTTPServer bsddb CGIHTTPServer commands compiler ConfigParser Cookie
cookielib copy_reg cPickle cStringIO dbhash dircache dl dumbdbm exceptions fpformat
future_builtins gdbm hotshot htmlentitydefs htmllib HTMLParser httplib ihooks imputil md5 mhlib
mimetools mimify multifile mutex new popen2 posixfile Queue repr rexec rfc822 robotparser sets
sgmllib sha SimpleHTTPServer SimpleXMLRPCServer SocketServer statvfs StringIO stringold sunaudio
thread tkFileDialog Tkinter tkMessageBox toaiff urllib2 urlparse user UserDict UserList UserString
whichdb xmllib xmlrpclib xreadlines
"""

STANDARD_LIBRARY = frozenset(_PYTHON_3.split())
#: Python 2 had these. Code that still imports them asks for no package.
PYTHON_2 = frozenset(_PYTHON_2.split())


def is_standard(module: str) -> bool:
    """Whether a top-level module is Python's own, in any version, or private to something."""
    return module.startswith("_") or module in STANDARD_LIBRARY or module in PYTHON_2
