package kms

import (
	"context"
	"errors"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/kms/material"
)

// ServicePrefix begins the aliases of service keys, which are nobody else's to make.
const ServicePrefix = "alias/aws/"

// services are those that have a key of their own in an account and Region.
func services() []string {
	return []string{"bedrock", "s3", "logs", "cloudtrail", "events", "secretsmanager", "ebs"}
}

// serviceOf gives the service whose key the alias leads to.
func serviceOf(alias string) (service string, ok bool) {
	service, ok = strings.CutPrefix(alias, ServicePrefix)
	return service, ok && slices.Contains(services(), service)
}

// ServiceKey gives the ARN of a service's key in the scope, "bedrock" for instance; it is made when first asked for.
func (s *Service) ServiceKey(ctx context.Context, scope Scope, service string) (string, error) {
	h, err := s.find(ctx, scope, ServicePrefix+service)
	if err != nil {
		return "", err
	}
	return h.arn, nil
}

// makeServiceKey makes a service's key with its alias, unless somebody was faster.
func (s *Service) makeServiceKey(ctx context.Context, scope Scope, service string) (id string, err error) {
	now := s.time()
	key := Key{
		Scope: scope, ID: ident.UUID(), Spec: material.Symmetric, Usage: material.EncryptDecrypt, Origin: OriginKMS, Manager: ByService,
		State: Enabled, Policy: servicePolicy(scope, service), CreatedAt: now, Rotates: true, Period: defaultPeriod,
		NextRotation: now.AddDate(0, 0, defaultPeriod), Description: "Default key that protects what " + service + " keeps when no other key is defined",
	}
	key.DueAt = key.due(nil)
	m, err := s.newMaterial(ctx, &key)
	if err != nil {
		return "", err
	}
	err = s.update(ctx, func(tx Tx) error {
		present, err := tx.Alias(scope, ServicePrefix+service)
		if !errors.Is(err, ErrNoRow) {
			id = present.KeyID
			return err
		}
		id = key.ID
		if err := s.insert(tx, key, []Material{m}, nil); err != nil {
			return err
		}
		return tx.InsertAlias(Alias{Scope: scope, Name: ServicePrefix + service, KeyID: key.ID, CreatedAt: now, UpdatedAt: now})
	})
	return id, err
}
