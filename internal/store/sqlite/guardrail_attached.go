package sqlite

import (
	"encoding/json"
	"fmt"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func (t *guardrailTx) Tags(scope guardrail.Scope, id string) ([]guardrail.Tag, error) {
	rows, err := t.queries.ListTags(t.ctx, db.ListTagsParams{Account: scope.Account, Region: scope.Region, ID: id})
	if err != nil {
		return nil, failed("list tags", err)
	}
	tags := make([]guardrail.Tag, len(rows))
	for i, r := range rows {
		tags[i] = guardrail.Tag(r)
	}
	return tags, nil
}

func (t *guardrailTx) PutTag(scope guardrail.Scope, id string, tag guardrail.Tag) error {
	if err := t.writing("put tag"); err != nil {
		return err
	}
	return failed("put tag", t.queries.PutTag(t.ctx, db.PutTagParams{
		Account: scope.Account, Region: scope.Region, ID: id, Key: tag.Key, Value: tag.Value,
	}))
}

func (t *guardrailTx) DeleteTag(scope guardrail.Scope, id, key string) error {
	if err := t.writing("delete tag"); err != nil {
		return err
	}
	return failed("delete tag", t.queries.DeleteTag(t.ctx, db.DeleteTagParams{
		Account: scope.Account, Region: scope.Region, ID: id, Key: key,
	}))
}

func (t *guardrailTx) ResourcePolicy(scope guardrail.Scope, resource string) (string, error) {
	document, err := t.queries.GetResourcePolicy(t.ctx, db.GetResourcePolicyParams{
		Account: scope.Account, Region: scope.Region, Resource: resource,
	})
	return document, failed("read resource policy", err)
}

func (t *guardrailTx) PutResourcePolicy(scope guardrail.Scope, resource, document string) error {
	if err := t.writing("put resource policy"); err != nil {
		return err
	}
	return failed("put resource policy", t.queries.PutResourcePolicy(t.ctx, db.PutResourcePolicyParams{
		Account: scope.Account, Region: scope.Region, Resource: resource, Document: document,
	}))
}

func (t *guardrailTx) DeleteResourcePolicy(scope guardrail.Scope, resource string) error {
	if err := t.writing("delete resource policy"); err != nil {
		return err
	}
	n, err := t.queries.DeleteResourcePolicy(t.ctx, db.DeleteResourcePolicyParams{
		Account: scope.Account, Region: scope.Region, Resource: resource,
	})
	return changed("delete resource policy", n, err)
}

func (t *guardrailTx) Enforced(scope guardrail.Scope) (guardrail.Enforced, error) {
	r, err := t.queries.GetEnforced(t.ctx, db.GetEnforcedParams{Account: scope.Account, Region: scope.Region})
	if err != nil {
		return guardrail.Enforced{}, failed("read enforced configuration", err)
	}
	e := guardrail.Enforced{
		Scope: scope, ID: r.ConfigID, GuardrailID: r.GuardrailID, Version: guardrail.Version(r.Version),
		System: guardrail.Guarding(r.SystemMode), Messages: guardrail.Guarding(r.MessagesMode),
		CreatedAt: restored(r.CreatedAt), CreatedBy: r.CreatedBy, UpdatedAt: restored(r.UpdatedAt), UpdatedBy: r.UpdatedBy,
	}
	if err := json.Unmarshal([]byte(r.Models), &e.Models); err != nil {
		return guardrail.Enforced{}, fmt.Errorf("read models of enforced configuration: %w", err)
	}
	return e, nil
}

func (t *guardrailTx) PutEnforced(e guardrail.Enforced) error {
	if err := t.writing("put enforced configuration"); err != nil {
		return err
	}
	models, err := json.Marshal(e.Models)
	if err != nil {
		return fmt.Errorf("encode models of enforced configuration: %w", err)
	}
	return failed("put enforced configuration", t.queries.PutEnforced(t.ctx, db.PutEnforcedParams{
		Account: e.Account, Region: e.Region, ConfigID: e.ID, GuardrailID: e.GuardrailID, Version: int64(e.Version),
		SystemMode: string(e.System), MessagesMode: string(e.Messages), Models: string(models),
		CreatedAt: stored(e.CreatedAt), CreatedBy: e.CreatedBy, UpdatedAt: stored(e.UpdatedAt), UpdatedBy: e.UpdatedBy,
	}))
}

func (t *guardrailTx) DeleteEnforced(scope guardrail.Scope) error {
	if err := t.writing("delete enforced configuration"); err != nil {
		return err
	}
	n, err := t.queries.DeleteEnforced(t.ctx, db.DeleteEnforcedParams{Account: scope.Account, Region: scope.Region})
	return changed("delete enforced configuration", n, err)
}
