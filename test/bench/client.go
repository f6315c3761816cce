package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// client makes signed requests over kept connections.
type client struct {
	endpoint  string
	http      *http.Client
	signer    *sigv4.Signer
	keySigner *sigv4.Signer // for KMS
}

func newClient(endpoint string, connections int) *client {
	credentials := sigv4.Credentials{AccessKeyID: "test", Secret: secret.New("test")}
	return &client{
		endpoint:  endpoint,
		http:      &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true}},
		signer:    &sigv4.Signer{Credentials: credentials, Region: "us-east-1", Service: "bedrock"},
		keySigner: &sigv4.Signer{Credentials: credentials, Region: "us-east-1", Service: "kms"},
	}
}

// post makes one call and decodes the answer into out where that is not nil.
func (c *client) post(path string, body []byte, out any) error {
	r, err := http.NewRequest(http.MethodPost, c.endpoint+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	return c.send(r, c.signer, body, out)
}

func (c *client) send(r *http.Request, signer *sigv4.Signer, body []byte, out any) error {
	signer.Sign(r, sigv4.HashPayload(body), time.Now())
	response, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("POST %s: %s: %.300s", r.URL.Path, response.Status, data)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(data, out)
}

// keys makes one call of KMS and decodes the answer into out where that is not nil.
func (c *client) keys(operation string, body []byte, out any) error {
	r, err := http.NewRequest(http.MethodPost, c.endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "TrentService."+operation)
	return c.send(r, c.keySigner, body, out)
}

// create makes a guardrail and gives its id.
func (c *client) create(body map[string]any) (string, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	var made struct{ GuardrailID string }
	err = c.post("/guardrails", data, &made)
	return made.GuardrailID, err
}

// load is what one run of many requests gave.
type load struct {
	perSecond     float64
	p50, p99, max time.Duration
}

// drive makes n calls over the given number of connections.
func drive(n, connections int, call func(i int) error) (load, error) {
	times := make([]time.Duration, n)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	begin := time.Now()
	for range connections {
		group.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				start := time.Now()
				if err := call(i); err != nil {
					failed.Store(&err)
					return
				}
				times[i] = time.Since(start)
			}
		})
	}
	group.Wait()
	took := time.Since(begin)
	if err := failed.Load(); err != nil {
		return load{}, *err
	}
	slices.Sort(times)
	return load{float64(n) / took.Seconds(), times[n/2], times[n*99/100], times[n-1]}, nil
}

// median gives the middle of an odd number of values.
func median[T ~int64 | ~float64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
