package gateway

import "merlon.dev/merlon/internal/fault"

// throttle holds each account and Region to the operation's rate, and who calls without an account by their address. The text is AWS's.
func (g *Gateway) throttle(x *exchange) error {
	owner := x.call.Account
	if owner == "" {
		owner = x.client
	}
	if x.entry.requests == nil || x.entry.requests.Allow(owner+"/"+x.call.Region, 1) {
		return nil
	}
	return fault.New(fault.Throttled, "%s requestId: %s got throttled for the accountId: %s", x.entry.schema.Name, x.id, x.call.Account)
}
