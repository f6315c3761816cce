package main

import (
	"encoding/json"
	"fmt"
	"time"
)

// benchKMS: GenerateDataKey and Decrypt over 16 connections, each with its audit record, paired with the peer in every run.
func benchKMS(s *settings) error {
	peer, err := startPeer()
	if err != nil {
		return err
	}
	defer peer.stop()
	return withMerlon(s, func(m *server) error {
		c, p := newClient(m.endpoint, 16), newClient(peer.endpoint, 16)
		var made struct {
			KeyMetadata struct{ KeyId string }
		}
		if err := c.keys("CreateKey", []byte("{}"), &made); err != nil {
			return err
		}
		where := map[string]any{"EncryptionContext": map[string]string{"tenant": "one", "purpose": "bench"}}
		body := func(more map[string]any) ([]byte, error) {
			for k, v := range where {
				more[k] = v
			}
			return json.Marshal(more)
		}
		generate, err := body(map[string]any{"KeyId": made.KeyMetadata.KeyId, "KeySpec": "AES_256"})
		if err != nil {
			return err
		}
		var sealed struct{ CiphertextBlob []byte }
		if err := c.keys("GenerateDataKey", generate, &sealed); err != nil {
			return err
		}
		decrypt, err := body(map[string]any{"CiphertextBlob": sealed.CiphertextBlob})
		if err != nil {
			return err
		}
		for _, o := range []struct {
			name string
			body []byte
		}{{"GenerateDataKey", generate}, {"Decrypt", decrypt}} {
			var rate, peerRate []float64
			var p50, p99, cpu []time.Duration
			for range s.runs {
				before := m.cpu()
				ours, err := drive(s.requests, 16, func(int) error { return c.keys(o.name, o.body, nil) })
				if err != nil {
					return err
				}
				cpu = append(cpu, (m.cpu()-before)/time.Duration(s.requests))
				theirs, err := drive(s.requests, 16, func(int) error { return p.post("/", o.body, nil) })
				if err != nil {
					return err
				}
				rate, p50, p99, peerRate = append(rate, ours.perSecond), append(p50, ours.p50), append(p99, ours.p99), append(peerRate, theirs.perSecond)
			}
			fmt.Printf("kms: %s, audited, 16 connections: %.0f requests/s, p50 %s, p99 %s, %d us of the server's processor time each; bare handler %.0f requests/s\n",
				o.name, median(rate), ms(median(p50)), ms(median(p99)), median(cpu).Microseconds(), median(peerRate))
		}
		return nil
	})
}
