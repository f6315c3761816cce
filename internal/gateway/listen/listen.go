// Package listen bounds the connections of a listener, in all and of each address, so that one client cannot take them all.
package listen

import (
	"net"
	"net/netip"
	"sync"
)

// Limit wraps l. At most total connections are open at a time: a further one waits in the kernel's queue until one closes. Of one
// client, as Client tells them apart, at most perHost are open: a further one is closed at once. Zero or less is no limit.
//
// The wrapper's Accept is for one goroutine, as net/http uses it. Closing it closes l and frees an Accept that waits.
func Limit(l net.Listener, total, perHost int) net.Listener {
	limited := &listener{Listener: l, perHost: perHost, hosts: map[string]int{}, closed: make(chan struct{})}
	if total > 0 {
		limited.slots = make(chan struct{}, total)
	}
	return limited
}

// Client gives what an address "ip:port" is counted under: its IPv4 address, or the /64 network of its IPv6 address, since whoever has one
// of the latter has them all.
func Client(address string) string {
	from, err := netip.ParseAddrPort(address)
	if err != nil {
		return address
	}
	ip := from.Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}

type listener struct {
	net.Listener
	slots   chan struct{} // nil without a limit
	perHost int

	mu    sync.Mutex
	hosts map[string]int // open connections by client

	once   sync.Once
	closed chan struct{}
}

// Accept gives the next connection within the limits.
func (l *listener) Accept() (net.Conn, error) {
	if l.slots != nil {
		select {
		case l.slots <- struct{}{}:
		case <-l.closed:
			return nil, net.ErrClosed
		}
	}
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.release()
			return nil, err
		}
		host := Client(c.RemoteAddr().String())
		if l.enter(host) {
			return &conn{Conn: c, leave: func() { l.leave(host); l.release() }}, nil
		}
		_ = c.Close() // the client sees a reset; there is nothing to answer before its request is read
	}
}

// Close stops the listener.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

func (l *listener) release() {
	if l.slots != nil {
		<-l.slots
	}
}

func (l *listener) enter(host string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.perHost > 0 && l.hosts[host] >= l.perHost {
		return false
	}
	l.hosts[host]++
	return true
}

func (l *listener) leave(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hosts[host]--; l.hosts[host] <= 0 {
		delete(l.hosts, host)
	}
}

// conn gives its place back when it closes, once.
type conn struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.leave)
	return err
}
