package gateway_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/sigv4"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

func (f *fixture) dial(t testing.TB) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// write sends the head of a signed request and as much of its body as part holds.
func (f *fixture) write(t testing.TB, c net.Conn, body, part string, change func(*http.Request)) {
	t.Helper()
	r := f.request(t, "POST", applyPath, body, change)
	var head strings.Builder
	fmt.Fprintf(&head, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", applyPath, r.URL.Host, len(body))
	if err := r.Header.Write(&head); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, head.String()+"\r\n"+part); err != nil {
		t.Fatal(err)
	}
}

// TestConnectionSurvivesTooLargeBody: the connection that sent a body beyond the limit is good for the next request.
func TestConnectionSurvivesTooLargeBody(t *testing.T) {
	t.Parallel()
	f := setup(t, nil)
	c := f.dial(t)
	reader := bufio.NewReader(c)
	large := strings.Repeat(" ", 1<<20)
	for i, step := range []struct {
		body   string
		change func(*http.Request)
		want   int
	}{
		{large, nil, 400},
		{applyBody, nil, 200},
		{large, func(r *http.Request) { r.Header.Del("Authorization") }, 403},
		{applyBody, nil, 200},
	} {
		f.write(t, c, step.body, step.body, step.change)
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != step.want || response.Close {
			t.Errorf("step %d: %s, close %v", i, response.Status, response.Close)
		}
	}
}

// TestChunkedBody: a body without a length is read up to the limit and no further.
func TestChunkedBody(t *testing.T) {
	t.Parallel()
	f := setup(t, nil)
	for body, want := range map[string]int{applyBody: 200, strings.Repeat(" ", 3*bodyLimit): 400} {
		r := f.request(t, "POST", applyPath, "", nil)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), -1
		r.Header.Set("Content-Type", "application/json")
		f.signer.Sign(r, sigv4.HashPayload([]byte(body)), now)
		if a := send(t, r); a.StatusCode != want {
			t.Errorf("%d bytes: %d %s", len(body), a.StatusCode, a.text)
		}
	}
}

// TestSlowBody: a body that never comes ends in 408 and gives its memory back.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) { f.config.Limits.BodyTime = 50 * time.Millisecond })
	c := f.dial(t)
	f.write(t, c, applyBody, applyBody[:5], nil)
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 408 || response.Header.Get("x-amzn-ErrorType") != "RequestTimeoutException" {
		t.Errorf("%s %v", response.Status, response.Header)
	}
	c.Close()
	waitFor(t, "the memory to be given back", func() bool { return f.gateway.MemoryInUse() == 0 })
}

// TestSlowReader: a client that does not take its answer holds the handler's place for WriteTime only.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 16<<20)
	f := setup(t, func(f *fixture) {
		f.config.Limits.WriteTime = 50 * time.Millisecond
		f.apply = func(context.Context, *operation.Call, *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error) {
			return &bedrockruntime.ApplyGuardrailResponse{Outputs: []bedrockruntime.GuardrailOutputContent{{Text: &text}}}, nil
		}
	})
	c := f.dial(t)
	f.write(t, c, applyBody, applyBody, nil)
	if _, err := io.ReadFull(c, make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the answer to be given up", func() bool { return metric(t, f, "merlon_requests_in_flight") == 0 })
}

// TestSlowHeaders: the connection of a client that trickles its headers is closed.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) { f.config.Limits.HeaderTime = 50 * time.Millisecond })
	c := f.dial(t)
	if _, err := io.WriteString(c, "POST /guardrails HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	// What the server has not read when it closes makes the end a reset.
	if data, err := io.ReadAll(c); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("not closed: %q %v", data, err)
	}
}

// TestHeaderBytes: headers beyond the limit are refused by net/http before they reach the gateway.
func TestHeaderBytes(t *testing.T) {
	t.Parallel()
	f := setup(t, nil)
	r := f.request(t, "POST", applyPath, applyBody, func(r *http.Request) { r.Header.Set("X-Big", strings.Repeat("x", 80<<10)) })
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%s", response.Status)
	}
}

// TestBadClientsCostOthersNothing: with slow bodies, slow headers and 300 idle connections open, a normal client is served as before.
func TestBadClientsCostOthersNothing(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) { f.connections, f.perHost = 1024, 512 })
	for range 300 {
		f.dial(t)
	}
	for range 20 {
		f.write(t, f.dial(t), applyBody, applyBody[:3], nil)
		c := f.dial(t)
		if _, err := io.WriteString(c, "POST /guardrails HTTP/1.1\r\nX-A: "); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "the slow bodies to be waited for", func() bool { return metric(t, f, "merlon_requests_in_flight") == 20 })
	var slowest time.Duration
	for range 200 {
		start := time.Now()
		f.expect(t, "normal client", f.request(t, "POST", applyPath, applyBody, nil), 200, "OK")
		slowest = max(slowest, time.Since(start))
	}
	if slowest > 2*time.Second {
		t.Errorf("the slowest normal call took %v", slowest)
	}
	if held := f.gateway.MemoryInUse(); held > 20*gateway.FirstRead {
		t.Errorf("20 slow bodies hold %v bytes", held)
	}
}

// TestPerHostShare: one address gets its share of connections and no more, while those that it has keep working.
func TestPerHostShare(t *testing.T) {
	t.Parallel()
	f := setup(t, func(f *fixture) { f.perHost = 3 })
	first := f.dial(t)
	f.write(t, first, applyBody, applyBody, nil)
	reader := bufio.NewReader(first)
	if response, err := http.ReadResponse(reader, nil); err != nil || response.StatusCode != 200 {
		t.Fatalf("first: %v", err)
	} else if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	f.dial(t)
	f.dial(t)
	if n, err := f.dial(t).Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a fourth connection was served: %d, %v", n, err)
	}
	f.write(t, first, applyBody, applyBody, nil)
	if response, err := http.ReadResponse(reader, nil); err != nil || response.StatusCode != 200 {
		t.Errorf("the first connection: %v", err)
	}
}

// TestBodyMemory: bodies in flight are bounded for each address; what is refused can be tried again.
func TestBodyMemory(t *testing.T) {
	t.Parallel()
	hold, held := make(chan struct{}), make(chan struct{}, 10)
	f := setup(t, func(f *fixture) {
		f.config.Limits.BodyMemoryPerHost = 2 * gateway.Smallest
		f.apply = func(context.Context, *operation.Call, *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error) {
			held <- struct{}{}
			<-hold
			return &bedrockruntime.ApplyGuardrailResponse{}, nil
		}
	})
	var wait sync.WaitGroup
	for range 2 {
		r := f.request(t, "POST", applyPath, applyBody, nil)
		wait.Go(func() { f.expect(t, "holds memory", r, 200, "OK") })
		<-held
	}
	f.expect(t, "beyond", f.request(t, "POST", applyPath, applyBody, nil), 503, "ServiceUnavailableException")
	close(hold)
	wait.Wait()
	waitFor(t, "the memory to be given back", func() bool { return f.gateway.MemoryInUse() == 0 })
	f.expect(t, "later", f.request(t, "POST", applyPath, applyBody, nil), 200, "OK")
}

// TestClientGoesAway: the handler's context ends, the record is still written, nothing counts as an internal error.
func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	started := make(chan struct{})
	f := setup(t, func(f *fixture) {
		f.apply = func(ctx context.Context, _ *operation.Call, _ *bedrockruntime.ApplyGuardrailRequest) (*bedrockruntime.ApplyGuardrailResponse, error) {
			close(started)
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	r := f.request(t, "POST", applyPath, applyBody, nil).WithContext(ctx)
	ended := make(chan error, 1)
	go func() {
		response, err := http.DefaultClient.Do(r)
		if err == nil {
			response.Body.Close()
		}
		ended <- err
	}()
	<-started
	cancel()
	if err := <-ended; err == nil {
		t.Error("the client got an answer")
	}
	waitFor(t, "the record", func() bool { _, n := f.auditor.counts(); return n == 1 })
	if e := f.auditor.last(t); e.Code != gateway.ClientGone || f.auditor.canceledAtTheEnd {
		t.Errorf("recorded %+v, with an ended context: %v", e, f.auditor.canceledAtTheEnd)
	}
	waitFor(t, "the log", func() bool { return strings.Contains(f.log.String(), gateway.ClientGone) })
	if strings.Contains(f.log.String(), `"level":"ERROR"`) {
		t.Error(f.log.String())
	}
}

// TestConcurrent runs many clients at once, for the race detector.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	f := setup(t, nil)
	var wait sync.WaitGroup
	for range 8 {
		var requests []*http.Request
		for range 25 {
			requests = append(requests, f.request(t, "POST", applyPath, applyBody, nil))
		}
		wait.Go(func() {
			for _, r := range requests {
				f.expect(t, "concurrent", r, 200, "OK")
			}
		})
	}
	wait.Wait()
	if _, n := f.auditor.counts(); n != 200 {
		t.Errorf("%d records, want 200", n)
	}
}

func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(end) {
			t.Fatalf("waited 10 s for %s", what)
		}
		<-time.After(time.Millisecond)
	}
}

// BenchmarkGateway is the whole gateway around a handler that does nothing, without net/http's server.
func BenchmarkGateway(b *testing.B) {
	f := setup(b, func(f *fixture) {
		f.config.Log = nil
		f.config.Auditor = quiet{}
	})
	r := f.request(b, "POST", applyPath, applyBody, nil)
	r.RequestURI, r.Host, r.RemoteAddr = applyPath, r.URL.Host, "127.0.0.1:1"
	body := strings.NewReader(applyBody)
	r.Body = io.NopCloser(body)
	w := deadlines{httptest.NewRecorder()}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(applyBody)
		w.Body.Reset()
		f.gateway.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// deadlines is a recorder with the two methods that http.ResponseController would otherwise miss, at a price.
type deadlines struct{ *httptest.ResponseRecorder }

func (deadlines) SetReadDeadline(time.Time) error  { return nil }
func (deadlines) SetWriteDeadline(time.Time) error { return nil }

// BenchmarkServer is the same over a loopback connection.
func BenchmarkServer(b *testing.B) {
	f := setup(b, func(f *fixture) {
		f.config.Log = nil
		f.config.Auditor = quiet{}
	})
	c := f.dial(b)
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		b.Fatal(err)
	}
	reader := bufio.NewReader(c)
	b.ReportAllocs()
	for b.Loop() {
		f.write(b, c, applyBody, applyBody, nil)
		response, err := http.ReadResponse(reader, nil)
		if err != nil || response.StatusCode != 200 {
			b.Fatal(err, response)
		}
		_, _ = io.Copy(io.Discard, response.Body)
	}
}

type quiet struct{}

func (quiet) Begin(context.Context, gateway.Event) error { return nil }
func (quiet) End(context.Context, gateway.Event) error   { return nil }
