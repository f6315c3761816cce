package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// withMerlon runs f beside a server on a fresh folder.
func withMerlon(s *settings, f func(*server) error) error { return withConfig(s, "", f) }

// withConfig is withMerlon for a server whose configuration has more lines.
func withConfig(s *settings, more string, f func(*server) error) error {
	folder, err := os.MkdirTemp("", "merlon-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	m, err := startWith(s.binary, filepath.Join(folder, "data"), config+more)
	if err != nil {
		return err
	}
	if err := f(m); err != nil {
		m.stop()
		return err
	}
	return m.stop()
}

// benchApply: 1 kB, 100 words, profanity, 26 PII types, 5 regexes, 16 connections, paired with the peer in every run.
func benchApply(s *settings) error {
	peer, err := startPeer()
	if err != nil {
		return err
	}
	defer peer.stop()
	return withMerlon(s, func(m *server) error {
		c, p := newClient(m.endpoint, 16), newClient(peer.endpoint, 16)
		id, err := c.create(guardrail("apply", 100, 5))
		if err != nil {
			return err
		}
		path, body := "/guardrail/"+id+"/version/DRAFT/apply", applyBody(text(1000))
		var rate, peerRate []float64
		var p50, p99, peer99 []time.Duration
		for range s.runs {
			ours, err := drive(s.requests, 16, func(int) error { return c.post(path, body, nil) })
			if err != nil {
				return err
			}
			theirs, err := drive(s.requests, 16, func(int) error { return p.post(path, body, nil) })
			if err != nil {
				return err
			}
			rate, p50, p99 = append(rate, ours.perSecond), append(p50, ours.p50), append(p99, ours.p99)
			peerRate, peer99 = append(peerRate, theirs.perSecond), append(peer99, theirs.p99)
		}
		_, peak := m.rss()
		fmt.Printf("apply: 1 kB, 100 words + profanity + 26 PII + 5 regexes, 16 connections: %.0f requests/s, p50 %s, p99 %s, peak RSS %.0f MiB; bare handler %.0f requests/s, p99 %s\n",
			median(rate), ms(median(p50)), ms(median(p99)), peak, median(peerRate), ms(median(peer99)))
		return nil
	})
}

// benchLarge: 25 kB, 10,000 words, 26 PII types, 10 regexes, one connection.
func benchLarge(s *settings) error {
	return withMerlon(s, func(m *server) error {
		c := newClient(m.endpoint, 1)
		id, err := c.create(guardrail("large", 10000, 10))
		if err != nil {
			return err
		}
		path, body := "/guardrail/"+id+"/version/DRAFT/apply", applyBody(text(25000))
		var p50, p99 []time.Duration
		for range s.runs {
			l, err := drive(200, 1, func(int) error { return c.post(path, body, nil) })
			if err != nil {
				return err
			}
			p50, p99 = append(p50, l.p50), append(p99, l.p99)
		}
		_, peak := m.rss()
		fmt.Printf("large: 25 kB, 10,000 words + profanity + 26 PII + 10 regexes, one connection: p50 %s, p99 %s, peak RSS %.0f MiB\n", ms(median(p50)), ms(median(p99)), peak)
		return nil
	})
}

// benchLinear doubles texts up to 1 MB: ordinary ones and the ones that hurt.
func benchLinear(s *settings) error {
	return withMerlon(s, func(m *server) error {
		c := newClient(m.endpoint, 1)
		id, err := c.create(guardrail("linear", 10000, 10))
		if err != nil {
			return err
		}
		path := "/guardrail/" + id + "/version/DRAFT/apply"
		for _, shape := range []struct {
			name string
			text func(n int) string
		}{
			{"ordinary", text},
			{"digits", func(n int) string { return strings.Repeat("4", n) }},
			{"one-dash-one", func(n int) string { return strings.Repeat("1-", n/2) }},
			{"at signs", func(n int) string { return strings.Repeat("a@", n/2) }},
			{"combining marks", func(n int) string { return strings.Repeat("a\u0301\u0327", n/5) }},
			{"base64", func(n int) string { return strings.Repeat("QUJDRA", n/6) }},
			{"spaced out", func(n int) string { return strings.Repeat("k i l l ", n/8) }},
			{"percent escapes", func(n int) string { return strings.Repeat("%2525", n/5) }},
		} {
			sizes := []int{125_000, 250_000, 500_000, 1_000_000}
			// The server's processor time, and of that the least of several rounds: what a busy machine adds is not the cost.
			least := make([]time.Duration, len(sizes))
			for run := range 2*s.runs + 1 {
				for i, n := range sizes {
					body := applyBody(shape.text(n))
					before := m.cpu()
					if err := c.post(path, body, nil); err != nil {
						return fmt.Errorf("%s, %d bytes: %w", shape.name, n, err)
					}
					if took := m.cpu() - before; run == 0 || took < least[i] {
						least[i] = took
					}
				}
			}
			var line strings.Builder
			worst := 0.0
			for i, n := range sizes {
				fmt.Fprintf(&line, " %d kB %s", n/1000, ms(least[i]))
				if i > 0 {
					worst = max(worst, float64(least[i])/float64(least[i-1]))
				}
			}
			fmt.Printf("linear, %s:%s; worst time(2n)/time(n) %.2f\n", shape.name, line.String(), worst)
		}
		return nil
	})
}

// benchCreate: durable CreateGuardrail calls of 8 clients.
func benchCreate(s *settings) error {
	return withMerlon(s, func(m *server) error {
		c := newClient(m.endpoint, 8)
		var rate []float64
		var p99 []time.Duration
		for run := range s.runs {
			l, err := drive(4000, 8, func(i int) error {
				_, err := c.create(guardrail(fmt.Sprintf("create-%d-%d", run, i), 1, 1))
				return err
			})
			if err != nil {
				return err
			}
			rate, p99 = append(rate, l.perSecond), append(p99, l.p99)
		}
		fmt.Printf("create: CreateGuardrail, 8 clients: %.0f durable writes/s, p99 %s\n", median(rate), ms(median(p99)))
		return nil
	})
}

// benchStart: from exec to the ready line, on an empty folder and on one with 100,000 guardrails.
func benchStart(s *settings) error {
	folder, err := os.MkdirTemp("", "merlon-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	measure := func(data func(i int) string) (time.Duration, error) {
		var times []time.Duration
		for i := range s.runs {
			m, err := startMerlon(s.binary, data(i))
			if err != nil {
				return 0, err
			}
			times = append(times, m.ready)
			if err := m.stop(); err != nil {
				return 0, err
			}
		}
		return median(times), nil
	}
	empty, err := measure(func(i int) string { return filepath.Join(folder, fmt.Sprintf("empty-%d", i)) })
	if err != nil {
		return err
	}
	full := filepath.Join(folder, "full")
	m, err := startMerlon(s.binary, full)
	if err != nil {
		return err
	}
	c := newClient(m.endpoint, 8)
	if _, err := drive(100_000, 8, func(i int) error {
		_, err := c.create(guardrail(fmt.Sprintf("start-%d", i), 1, 1))
		return err
	}); err != nil {
		return err
	}
	if err := m.stop(); err != nil {
		return err
	}
	filled, err := measure(func(int) string { return full })
	if err != nil {
		return err
	}
	fmt.Printf("start: exec to ready line: empty folder %s, 100,000 guardrails %s\n", ms(empty), ms(filled))
	return nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000) }
