package awsjson_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsjson"
	"merlon.dev/merlon/internal/wire/kms"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// benchmark reads and checks a request and writes an answer.
func benchmark(b *testing.B, op *codec.Operation, body string, out codec.Shape) {
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	w := &discard{http.Header{}}
	request := []byte(body)
	b.ReportAllocs()
	for b.Loop() {
		in := op.NewInput()
		if err := (awsjson.Protocol{}).DecodeRequest(op, r, nil, request, in); err != nil {
			b.Fatal(err)
		}
		if err := codec.Check(in); err != nil {
			b.Fatal(err)
		}
		if err := (awsjson.Protocol{}).EncodeResponse(w, op, out); err != nil {
			b.Fatal(err)
		}
	}
}

const keyARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

func BenchmarkGenerateDataKey(b *testing.B) {
	benchmark(b, kms.GenerateDataKey, `{"KeyId":"`+keyARN+`","KeySpec":"AES_256","EncryptionContext":{"aws:s3:arn":"arn:aws:s3:::bucket/key","tenant":"red"}}`,
		&kms.GenerateDataKeyResponse{KeyId: new(keyARN), Plaintext: make([]byte, 32), CiphertextBlob: make([]byte, 184)})
}

func BenchmarkDecrypt(b *testing.B) {
	blob := "AQIDAHgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	benchmark(b, kms.Decrypt, `{"CiphertextBlob":"`+blob+`","EncryptionContext":{"aws:s3:arn":"arn:aws:s3:::bucket/key","tenant":"red"}}`,
		&kms.DecryptResponse{KeyId: new(keyARN), Plaintext: make([]byte, 32), EncryptionAlgorithm: new(kms.EncryptionAlgorithmSpecSymmetricDefault)})
}
