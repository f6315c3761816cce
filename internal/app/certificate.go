package app

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"merlon.dev/merlon/internal/config"
)

// certificateAge is how long the files of a certificate are not looked at again.
const certificateAge = time.Second

// certificate is the API's certificate. It is read again when one of its files has changed, so that renewing it needs no restart; open
// connections keep the one that they began with. It is safe for concurrent use.
type certificate struct {
	files   config.TLS
	log     *slog.Logger
	now     func() time.Time
	current atomic.Pointer[tls.Certificate]

	looking sync.Mutex   // tried, never waited for: who finds somebody looking at the files takes what is there
	state   [2]fileState // of the files that were last read, with success or without
	looked  time.Time
}

// fileState tells two contents of a file apart.
type fileState struct {
	changed time.Time
	size    int64
}

func newCertificate(files config.TLS, first *tls.Certificate, log *slog.Logger, now func() time.Time) *certificate {
	c := &certificate{files: files, log: log, now: now, looked: now()}
	c.current.Store(first)
	c.state = c.look()
	return c
}

// get gives the certificate for a handshake. Where the files cannot be read, or do not belong together because one is written after the
// other, the certificate before stays and the log says so once.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c.looking.TryLock() {
		defer c.looking.Unlock()
		if now := c.now(); now.Sub(c.looked) >= certificateAge {
			c.looked = now
			if state := c.look(); state != c.state {
				c.state = state
				c.read()
			}
		}
	}
	return c.current.Load(), nil
}

func (c *certificate) look() (state [2]fileState) {
	for i, name := range [...]string{c.files.CertFile, c.files.KeyFile} {
		if info, err := os.Stat(name); err == nil { // a file that is away for a moment has a state too
			state[i] = fileState{info.ModTime(), info.Size()}
		}
	}
	return state
}

func (c *certificate) read() {
	read, err := tls.LoadX509KeyPair(c.files.CertFile, c.files.KeyFile)
	if err != nil {
		c.log.Error("the new certificate cannot be used; the one before stays", "error", err)
		return
	}
	c.current.Store(&read)
	c.log.Info("certificate read again", "not_after", read.Leaf.NotAfter)
}

// tlsConfig gives what the API's listener speaks.
func (c *certificate) tlsConfig() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}
}
