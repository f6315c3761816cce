package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite"
)

// BenchmarkCreate makes guardrails that are on disk before they are answered.
func BenchmarkCreate(b *testing.B) {
	for _, clients := range []int{1, 8, 32} {
		b.Run(fmt.Sprint(clients, " clients"), func(b *testing.B) {
			control := service(b, openFolder(b, b.TempDir()))
			b.ResetTimer()
			createMany(b, control, clients, b.N)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
		})
	}
}

func createMany(b *testing.B, control *guardrail.Service, clients, total int) {
	b.Helper()
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for i := client; i < total; i += clients {
				name := fmt.Sprintf("guardrail-%d", i)
				if _, err := control.Create(b.Context(), scope, guardrail.CreateInput{Proposal: proposal(name), Token: name}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}

// BenchmarkFull measures a folder of 100,000 guardrails: opening it, listing its pages, reading and creating in it.
func BenchmarkFull(b *testing.B) {
	if testing.Short() {
		b.Skip("filling the folder takes half a minute")
	}
	const full = 100_000
	dir := b.TempDir()
	s, err := sqlite.Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	createMany(b, service(b, s), 64, full)
	b.Logf("filled with %d guardrails in %v", full, time.Since(start))
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "merlon.db")); err == nil {
		b.Logf("database of %d MiB", info.Size()>>20)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			s, err := sqlite.Open(b.Context(), dir)
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
	control := service(b, openFolder(b, dir))
	for _, limit := range []int{100, 1000} {
		b.Run(fmt.Sprint("list ", limit), func(b *testing.B) {
			var after int64
			for b.Loop() {
				page, err := control.List(b.Context(), scope, guardrail.ListInput{Limit: limit, After: after})
				if err != nil || len(page.Entries) != limit {
					b.Fatal(len(page.Entries), err)
				}
				after = page.Next
			}
		})
	}
	page, err := control.List(b.Context(), scope, guardrail.ListInput{Limit: 1, After: full / 2})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			if _, err := control.Get(b.Context(), scope, page.Entries[0].ID, guardrail.Draft); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("summary", func(b *testing.B) {
		for b.Loop() {
			if _, err := control.Summary(b.Context(), scope, page.Entries[0].ID, guardrail.Draft); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkOpenEmpty makes a folder and its schema.
func BenchmarkOpenEmpty(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		s, err := sqlite.Open(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
