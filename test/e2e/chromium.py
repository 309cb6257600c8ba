#!/usr/bin/python3
"""Runs Chromium without the kernel's news of networks, on which it drops its connections: here containers come and go."""
import errno
import os
import socket
import sys

import seccomp

rules = seccomp.SyscallFilter(seccomp.ALLOW)
rules.add_rule(seccomp.ERRNO(errno.EAFNOSUPPORT), "socket", seccomp.Arg(0, seccomp.EQ, socket.AF_NETLINK))
rules.load()
os.execv("/usr/bin/chromium", ["chromium", *sys.argv[1:]])
