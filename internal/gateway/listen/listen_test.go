package listen

import (
	"errors"
	"net"
	"testing"
	"time"
)

// setup gives a limited listener and the connections that it accepts.
func setup(t *testing.T, total, perHost int) (net.Listener, <-chan net.Conn, <-chan error) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Limit(inner, total, perHost)
	accepted, ended := make(chan net.Conn, 100), make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- c
		}
	}()
	t.Cleanup(func() { l.Close() })
	return l, accepted, ended
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func next(t *testing.T, accepted <-chan net.Conn) net.Conn {
	t.Helper()
	select {
	case c := <-accepted:
		return c
	case <-time.After(5 * time.Second):
		t.Fatal("not accepted within 5 s")
		return nil
	}
}

func TestTotalWaits(t *testing.T) {
	t.Parallel()
	l, accepted, _ := setup(t, 2, 0)
	for range 3 {
		dial(t, l)
	}
	first := next(t, accepted)
	next(t, accepted)
	select {
	case <-accepted:
		t.Fatal("a third connection came in")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives its place back once only
	next(t, accepted)
	select {
	case <-accepted:
		t.Fatal("a place was given back twice")
	case <-time.After(50 * time.Millisecond):
	}
}

func TestPerHostCloses(t *testing.T) {
	t.Parallel()
	l, accepted, _ := setup(t, 0, 2)
	dial(t, l)
	dial(t, l)
	first := next(t, accepted)
	next(t, accepted)
	third := dial(t, l)
	if err := third.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, err := third.Read(make([]byte, 1)); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
		t.Fatalf("the third connection was not closed: %v", err)
	}
	first.Close()
	dial(t, l)
	next(t, accepted)
}

func TestCloseFreesAccept(t *testing.T) {
	t.Parallel()
	l, accepted, ended := setup(t, 1, 0)
	dial(t, l)
	next(t, accepted) // Accept now waits for a place
	l.Close()
	select {
	case err := <-ended:
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("Accept still waits")
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[::ffff:192.0.2.1]:80": "192.0.2.1", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80": "fe80::/64", "@": "@", "": "",
	} {
		if got := Client(address); got != want {
			t.Errorf("Client(%q) = %q, want %q", address, got, want)
		}
	}
}
