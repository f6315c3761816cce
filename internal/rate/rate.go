// Package rate limits how much of something each key may use in a second, with one token bucket a key.
package rate

import (
	"sync"
	"time"
)

// maxKeys bounds the buckets that a Limiter remembers. Beyond it the full ones, which say nothing, are forgotten.
const maxKeys = 65536

// Limiter gives each key a rate of its own. It is safe for concurrent use.
type Limiter struct {
	perSecond float64
	burst     float64 // what a full bucket holds
	now       func() time.Time

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	tokens float64 // at the time since
	since  time.Time
}

// New makes a limiter of perSecond units for each key; 0 or less is no limit. A bucket holds one second's worth (at least one unit) and
// starts full, so that what a key uses in any one second is at most twice the rate and over time the rate.
func New(perSecond float64, now func() time.Time) *Limiter {
	return &Limiter{perSecond: perSecond, burst: max(perSecond, 1), now: now, buckets: map[string]bucket{}}
}

// NewPerMinute makes a limiter of perMinute units for each key, like New: a bucket holds one minute's worth.
func NewPerMinute(perMinute float64, now func() time.Time) *Limiter {
	return &Limiter{perSecond: perMinute / 60, burst: max(perMinute, 1), now: now, buckets: map[string]bucket{}}
}

// Allow takes n units from key's bucket, all or none, and reports whether they were there. More units than a bucket holds never are.
func (l *Limiter) Allow(key string, n float64) bool {
	if l.perSecond <= 0 || n <= 0 {
		return true
	}
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	tokens := l.level(key, now)
	if tokens < n {
		return false
	}
	if _, ok := l.buckets[key]; !ok && len(l.buckets) >= maxKeys {
		l.forget(now)
	}
	l.buckets[key] = bucket{tokens - n, now}
	return true
}

// Charge takes n units from key's bucket whether they are there or not, or gives them back where n is negative. A debt is at most what
// a bucket holds.
func (l *Limiter) Charge(key string, n float64) {
	if l.perSecond <= 0 || n == 0 {
		return
	}
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	tokens := l.level(key, now)
	if _, ok := l.buckets[key]; !ok && len(l.buckets) >= maxKeys {
		l.forget(now)
	}
	l.buckets[key] = bucket{min(l.burst, max(-l.burst, tokens-n)), now}
}

// Wait tells after which time n units will be in key's bucket if nobody takes any before, at most the time in which it fills up.
func (l *Limiter) Wait(key string, n float64) time.Duration {
	if l.perSecond <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	missing := min(n, l.burst) - l.level(key, l.now())
	return time.Duration(max(0, missing) / l.perSecond * float64(time.Second))
}

// level gives the tokens of key now.
func (l *Limiter) level(key string, now time.Time) float64 {
	b, ok := l.buckets[key]
	if !ok {
		return l.burst
	}
	// A clock that steps back gives nothing and takes nothing.
	return min(l.burst, b.tokens+l.perSecond*max(0, now.Sub(b.since).Seconds()))
}

func (l *Limiter) forget(now time.Time) {
	for key := range l.buckets {
		if l.level(key, now) >= l.burst {
			delete(l.buckets, key)
		}
	}
}
