package sigv4

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signer signs requests of one caller for one service, the same way as the AWS SDKs. It is safe for concurrent use.
type Signer struct {
	Credentials Credentials
	Region      string
	Service     string
	// PathEncodedOnce is true for S3.
	PathEncodedOnce bool
	keys            keyCache
}

// Sign adds X-Amz-Date, the session token where there is one, and the Authorization header to r. All headers but those that proxies
// change are signed. payloadHash comes from HashPayload or is UnsignedPayload; for S3 the caller also sets X-Amz-Content-Sha256.
func (s *Signer) Sign(r *http.Request, payloadHash string, at time.Time) {
	stamp := at.UTC().Format(timeFormat)
	r.Header["X-Amz-Date"] = []string{stamp}
	if !s.Credentials.SessionToken.Empty() {
		r.Header["X-Amz-Security-Token"] = []string{s.Credentials.SessionToken.Reveal()}
	}
	signed := signable(r)
	mac := s.mac(r, stamp, signed, payloadHash)
	date := stamp[:8]
	r.Header["Authorization"] = []string{algorithm + " Credential=" + s.credential(date) + ", SignedHeaders=" + signed + ", Signature=" + mac}
}

// Presign gives the URL of r with the signature in its query, valid from at for expires. The headers of r, x-amz-* ones included, are
// signed and must be sent with the request. r is not changed.
func (s *Signer) Presign(r *http.Request, payloadHash string, at time.Time, expires time.Duration) string {
	stamp := at.UTC().Format(timeFormat)
	presigned := r.Clone(r.Context())
	signed := signable(presigned)
	query := []string{
		"X-Amz-Algorithm=" + algorithm,
		"X-Amz-Credential=" + escape(s.credential(stamp[:8])),
		"X-Amz-Date=" + stamp,
		"X-Amz-Expires=" + strconv.FormatInt(int64(expires/time.Second), 10),
		"X-Amz-SignedHeaders=" + escape(signed),
	}
	if r.URL.RawQuery != "" {
		query = append([]string{r.URL.RawQuery}, query...)
	}
	if !s.Credentials.SessionToken.Empty() {
		query = append(query, "X-Amz-Security-Token="+escape(s.Credentials.SessionToken.Reveal()))
	}
	presigned.URL.RawQuery = strings.Join(query, "&")
	presigned.URL.RawQuery += "&X-Amz-Signature=" + s.mac(presigned, stamp, signed, payloadHash)
	return presigned.URL.String()
}

func (s *Signer) credential(date string) string {
	return s.Credentials.AccessKeyID + "/" + date + "/" + s.Region + "/" + s.Service + "/" + terminator
}

func (s *Signer) mac(r *http.Request, stamp, signed, payloadHash string) string {
	form := canonical{request: r, signedHeaders: signed, payloadHash: payloadHash}
	if s.PathEncodedOnce {
		form.path = encodedOnce
	}
	var buffer [2048]byte
	// A query that cannot be decoded gives a signature that nobody accepts; the server says what is wrong with it.
	whole, _ := form.append(buffer[:0])
	name := keyName{s.Credentials.AccessKeyID, stamp[:8], s.Region, s.Service}
	key := s.keys.get(name, s.Credentials.Secret)
	s.keys.put(name, s.Credentials.Secret, key)
	var toSign [256]byte
	out := signature(key, stringToSign(toSign[:0], whole, stamp, stamp[:8], s.Region, s.Service))
	return string(out[:])
}

// signable lists the headers to sign: all but those that a proxy on the way may change.
func signable(r *http.Request) string {
	names := make([]string, 0, len(r.Header)+2)
	names = append(names, "host")
	if r.ContentLength > 0 {
		names = append(names, "content-length")
	}
	for name := range r.Header {
		switch name {
		case "Authorization", "User-Agent", "X-Amzn-Trace-Id", "Expect", "Transfer-Encoding", "Content-Length", "Host":
		default:
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ";")
}
