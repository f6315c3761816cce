package app

import (
	"cmp"
	"fmt"
	"os"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/bedrock"
	"merlon.dev/merlon/internal/provider/local"
	"merlon.dev/merlon/internal/provider/openai"
	"merlon.dev/merlon/internal/provider/remote"
	"merlon.dev/merlon/internal/sigv4"
)

// provider is a provider that holds something.
type provider interface {
	model.Provider
	Close()
}

// openModels makes the providers. No server is called yet; local models are loaded.
func openModels(c config.Resolved) (*models, error) {
	m := &models{}
	if err := m.open(c); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *models) open(c config.Resolved) error {
	entries := make([]model.Entry, len(c.Models))
	for i, configured := range c.Models {
		name := configured.Name
		if name == "" {
			name = configured.ID
		}
		p, err := m.provider(configured, c.ModelKeys[i])
		if err != nil {
			return fmt.Errorf("model %s: %w", configured.ID, err)
		}
		m.providers = append(m.providers, p)
		entries[i] = model.Entry{ID: configured.ID, Name: name, Provider: p}
	}
	entries, err := m.withSmallLM(entries)
	if err != nil {
		return fmt.Errorf("model %s: %w", smallLM, err)
	}
	m.Catalogue, err = model.NewCatalogue(entries...)
	return err
}

func (m *models) provider(c config.Model, key config.ModelKey) (provider, error) {
	upstream := cmp.Or(c.UpstreamModel, c.ID)
	calls := remote.Config{Attempts: c.Attempts, Wait: c.Wait, Stall: c.Stall, Parallel: c.Parallel}
	switch c.Provider {
	case "local":
		if err := m.hire(); err != nil {
			return nil, err
		}
		return local.New(local.Config{
			Folder: os.DirFS(c.Path), Pool: m.workers, Int8: c.Precision != "f32", Context: c.Context, CacheTokens: c.CacheTokens, Parallel: c.Parallel,
		})
	case "bedrock":
		return bedrock.New(bedrock.Config{
			Region: c.Region, BaseURL: c.BaseURL, Model: upstream, Calls: calls,
			Credentials: bedrock.Credentials{
				APIKey: key.API, File: c.CredentialsFile, Profile: c.CredentialsProfile,
				Static: sigv4.Credentials{AccessKeyID: key.AccessKeyID, Secret: key.Secret, SessionToken: key.SessionToken},
			},
		})
	default:
		return openai.New(openai.Config{BaseURL: c.BaseURL, Model: upstream, Key: key.API, Calls: calls, Tokenize: openai.Tokenize(c.Tokenize)})
	}
}
