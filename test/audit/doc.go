// Package audit proves the audit journal from outside: a whole server in this process, called over HTTP, its journal read from disk.
package audit
