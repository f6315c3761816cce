package trunk

import "testing"

func TestCut(t *testing.T) {
	t.Parallel()
	const most = MaxTokens - 2
	for n := range 3000 {
		windows := cut(nil, nil, 7, 7+n, most)
		if n == 0 {
			if len(windows) != 0 {
				t.Fatalf("no tokens: %v", windows)
			}
			continue
		}
		end, total := 7, 0
		for i, w := range windows {
			if i > 0 && end-w.from < overlap {
				t.Fatalf("%d tokens: window %d shares %d tokens", n, i, end-w.from)
			}
			if w.to-w.from > most || w.from < 7 || w.to <= end && i > 0 {
				t.Fatalf("%d tokens: window %d is %v", n, i, w)
			}
			end, total = w.to, total+w.to-w.from
		}
		if windows[0].from != 7 || end != 7+n {
			t.Fatalf("%d tokens: %v", n, windows)
		}
		if fewest := max(1, (n-overlap+most-overlap-1)/(most-overlap)); len(windows) != fewest {
			t.Fatalf("%d tokens: %d windows where %d do", n, len(windows), fewest)
		}
	}
}
