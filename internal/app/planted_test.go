package app

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/store/sqlite"
)

var plantedScope = kms.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}

// planted is what was put into a data folder, of every kind that is kept sealed.
type planted struct {
	guardrails  []string                 // ids; each has a version, and every second one lies under a KMS key
	keys        map[string]secret.String // secret access keys by id
	alias       string                   // of an API key
	ciphertexts [][]byte                 // of "planted", under KMS keys
	fingerprint string                   // of the audit signing key
	count       int
}

// parts are the domains of a data folder as a server has them.
type parts struct {
	keyring    *envelope.Keyring
	store      *sqlite.Store
	keys       *kms.Service
	guardrails *guardrail.Service
	identities *iam.Service
	audit      *digest.Key
}

// with runs work on the folder as a server with a root secret would.
func with(t *testing.T, data string, root config.RootSecret, work func(context.Context, parts) error) error {
	t.Helper()
	ctx := t.Context()
	store, err := sqlite.Open(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	keyring, err := openKeyring(ctx, store, config.Resolved{Config: config.Config{RootSecret: root}})
	if err != nil {
		return err
	}
	audit, err := openAudit(ctx, data, keyring, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer audit.Close()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	keys, err := kms.NewService(kms.Options{Store: store.KMS(), Sealer: keyring, Now: time.Now})
	must(err)
	guardrailKeys, err := newGuardrailKeys(keys, keyring, 0)
	must(err)
	guardrails, err := guardrail.NewService(guardrail.Options{
		Store: store.Guardrails(), Keys: guardrailKeys, CheckRegex: func(string) error { return nil }, Now: time.Now,
		NewID: func() string { return ident.Lower(12) },
	})
	must(err)
	identities, err := iam.NewService(iam.Options{Store: store.IAM(), Sealer: keyring, Now: time.Now})
	must(err)
	return work(ctx, parts{keyring, store, keys, guardrails, identities, audit.key})
}

// plant makes a folder with n of everything.
func plant(t *testing.T, data string, root config.RootSecret, n int) *planted {
	t.Helper()
	p := &planted{keys: map[string]secret.String{}, count: n}
	people := iam.Scope{Partition: plantedScope.Partition, Account: plantedScope.Account}
	err := with(t, data, root, func(ctx context.Context, d parts) error {
		p.fingerprint = d.audit.Public().Fingerprint
		for i := range n {
			for _, key := range []string{"", "alias/aws/bedrock"} {
				made, err := d.guardrails.Create(ctx, guardrail.Scope(plantedScope), guardrail.CreateInput{Proposal: guardrail.Proposal{KMSKey: key, Config: guardrail.Config{
					Name: fmt.Sprint("under", filepath.Base(key), i), BlockedInput: "no", BlockedOutput: "no", Words: guardrail.WordPolicy{Words: []guardrail.Word{{Text: "planted"}}},
				}}})
				if err != nil {
					return err
				}
				if _, err := d.guardrails.CreateVersion(ctx, guardrail.Scope(plantedScope), guardrail.CreateVersionInput{Identifier: made.ID}); err != nil {
					return err
				}
				p.guardrails = append(p.guardrails, made.ID)
			}
			name := fmt.Sprint("user", i)
			if _, err := d.identities.Create(ctx, people, iam.Proposal{Kind: iam.User, Name: name}); err != nil {
				return err
			}
			key, value, err := d.identities.CreateKey(ctx, people, iam.Holder{UserName: name})
			if err != nil {
				return err
			}
			p.keys[key.ID] = value
			credential, _, err := d.identities.CreateServiceCredential(ctx, people, name, "bedrock.amazonaws.com", 0)
			if err != nil {
				return err
			}
			p.alias = credential.Alias
		}
		out, err := d.keys.Encrypt(ctx, plantedScope, kms.EncryptInput{Use: kms.Use{KeyID: "alias/aws/bedrock"}, Plaintext: []byte("planted")})
		p.ciphertexts = append(p.ciphertexts, out.Ciphertext)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sealed is how many ciphertexts of the keyring's are kept: a draft and a version of every second guardrail, the credentials, the material of
// one KMS key, the audit signing key.
func (p *planted) sealed() int { return 2*p.count + 2*p.count + 1 + 1 }

// open gives an error where something that was planted does not open with a root secret.
func (p *planted) open(t *testing.T, data string, root config.RootSecret) error {
	t.Helper()
	return with(t, data, root, func(ctx context.Context, d parts) error {
		if got := d.audit.Public().Fingerprint; got != p.fingerprint {
			return fmt.Errorf("the audit signing key is %s, was %s", got, p.fingerprint)
		}
		for _, id := range p.guardrails {
			for _, v := range []guardrail.Version{guardrail.Draft, 1} {
				if g, err := d.guardrails.Get(ctx, guardrail.Scope(plantedScope), id, v); err != nil || g.Words.Words[0].Text != "planted" {
					return fmt.Errorf("guardrail %s %s: %w", id, v, err)
				}
			}
		}
		for _, sealed := range p.ciphertexts {
			out, err := d.keys.Decrypt(ctx, plantedScope, kms.DecryptInput{Ciphertext: sealed})
			if err != nil || string(out.Plaintext) != "planted" {
				return fmt.Errorf("KMS: %w", err)
			}
		}
		return d.store.IAM().View(ctx, func(tx iam.Tx) error {
			for id, want := range p.keys {
				key, sealed, err := tx.Key(id)
				if err != nil {
					return err
				}
				got, err := iam.OpenSecret(ctx, d.keyring, key.Account, id, sealed)
				if err != nil || !got.Equal(want) {
					return fmt.Errorf("access key %s: %w", id, err)
				}
			}
			c, sealed, err := tx.ServiceCredentialByAlias(p.alias)
			if err != nil {
				return err
			}
			_, err = iam.OpenSecret(ctx, d.keyring, c.Account, c.ID, sealed)
			return err
		})
	})
}

// contexts gives the encryption contexts in which something could open.
func (p *planted) contexts() []map[string]string {
	in := []map[string]string{{"merlon:purpose": "audit-signing-key"}}
	for id := range p.keys {
		in = append(in, map[string]string{"merlon:purpose": "credential", "account": plantedScope.Account, "id": id})
	}
	for _, id := range p.guardrails {
		for _, v := range []guardrail.Version{guardrail.Draft, 1} {
			in = append(in, map[string]string{
				"aws:bedrock:guardrail-arn": guardrail.Scope(plantedScope).ARN(id), "aws:bedrock:guardrail-version": v.String(),
			})
		}
	}
	return in
}
