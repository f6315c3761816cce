package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// servePeer is the bare handler: it reads the body, checks the signature and answers a fixed text of the usual length. What Merlon takes
// beyond it is the price of everything else.
func servePeer() error {
	verifier := &sigv4.Verifier{Now: time.Now}
	credentials := sigv4.Credentials{AccessKeyID: "test", Secret: secret.New("test")}
	answer := make([]byte, 900)
	for i := range answer {
		answer[i] = ' '
	}
	copy(answer, `{"action":"NONE"`)
	answer[len(answer)-1] = '}'
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("peer ready http://%s\n", listener.Addr())
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		claim, err := sigv4.Parse(r)
		if err == nil {
			err = verifier.Verify(r, claim, credentials, body, sigv4.Rules{Service: "bedrock"})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(answer)
	}))
}
