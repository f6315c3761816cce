package audit

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/config"
)

// childData names the data folder for this program as the server that gets killed.
const childData = "MERLON_TEST_AUDIT_CHILD"

func TestMain(m *testing.M) {
	if data := os.Getenv(childData); data != "" {
		if err := serve(data); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serve(data string) error {
	c := config.Default()
	c.Listen, c.Data, c.Log.Level, c.Quotas = "127.0.0.1:0", data, "error", config.Quotas{}
	resolved, err := config.Resolve(c, true)
	if err != nil {
		return err
	}
	return app.Run(context.Background(), app.Options{Config: resolved, Stdout: os.Stdout, Stderr: os.Stderr})
}

// TestKill: after kill -9 every call that was answered is in the journal, which is whole, and the server starts again without help.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 5
	if testing.Short() {
		rounds = 2
	}
	s := &server{data: filepath.Join(t.TempDir(), "data"), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	dev := caller{config.DevAccount, config.DevKey, "test"}
	var mu sync.Mutex
	answered := map[string]bool{}
	for round := range rounds {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), childData+"="+s.data)
		command.Stderr = os.Stderr
		stdout, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(stdout).ReadString('\n')
		if err != nil {
			t.Fatalf("round %d: no ready line: %v", round, err)
		}
		s.url = strings.Fields(line)[2]
		var wait sync.WaitGroup
		for c := range 8 {
			wait.Go(func() {
				for i := 0; ; i++ {
					method, path, body := "GET", "/guardrails", ""
					if i%2 == 0 {
						method, body = "POST", fmt.Sprintf(guardrail, fmt.Sprintf("g-%d-%d-%d", round, c, i))
					}
					agent := fmt.Sprintf("kill-%d-%d-%d", round, c, i)
					response, err := s.client.Do(s.sign(t, dev, "bedrock", method, path, []byte(body), map[string]string{"User-Agent": agent}))
					if err != nil {
						return // it is dead
					}
					_ = response.Body.Close() // the status is what counts
					mu.Lock()
					answered[agent] = true
					mu.Unlock()
				}
			})
		}
		time.Sleep(time.Duration(200+100*round) * time.Millisecond) // some way into the load
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // killed
		wait.Wait()
	}
	s.stop = func() {}
	records, text := s.records(t)
	seen := map[string]int{}
	for _, r := range records {
		seen[r.UserAgent]++
	}
	for agent := range answered {
		if seen[agent] != 1 {
			t.Errorf("%s was answered and has %d records", agent, seen[agent])
		}
	}
	if len(answered) < 20*rounds || bytes.Count(text, []byte("\n")) != len(records) {
		t.Errorf("%d calls answered, %d records", len(answered), len(records))
	}
	t.Logf("%d kills, %d calls answered, %d records", rounds, len(answered), len(records))
}
