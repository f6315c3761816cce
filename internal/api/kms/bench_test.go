package kms

import (
	"testing"
)

// BenchmarkHTTP measures signed calls over HTTP at 16 connections, without an audit trail: client and server share the machine.
func BenchmarkHTTP(b *testing.B) {
	s := setup(b)
	key := s.ok(b, "CreateKey", nil)["KeyMetadata"].(map[string]any)["KeyId"]
	sealed := s.ok(b, "GenerateDataKey", input{"KeyId": key, "KeySpec": "AES_256"})["CiphertextBlob"]
	for name, in := range map[string]input{
		"GenerateDataKey": {"KeyId": key, "KeySpec": "AES_256", "EncryptionContext": input{"tenant": "a"}},
		"Decrypt":         {"CiphertextBlob": sealed},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetParallelism(8) // 16 on two cores
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					s.ok(b, name, in)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
