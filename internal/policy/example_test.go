package policy_test

import (
	"fmt"

	"merlon.dev/merlon/internal/policy"
)

func Example() {
	doc, err := policy.Parse(policy.Identity, `{
	"Version": "2012-10-17",
	"Statement": [{"Sid": "Home", "Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::team/${aws:username}/*"}]
}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	identity, err := policy.NewSet(policy.Identity, doc.Compile("inline policy Home"))
	if err != nil {
		fmt.Println(err)
		return
	}
	req := &policy.Request{
		Principal:       policy.Principal{Kind: policy.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice"},
		Action:          "s3:GetObject",
		Resource:        "arn:aws:s3:::team/alice/notes.txt",
		ResourceAccount: "111122223333",
	}
	req.Context.Set("aws:username", "alice")

	d := policy.Evaluate(&policy.Inputs{Identity: identity}, req)
	reason := d.Reasons()[0]
	fmt.Printf("%v: statement %s of %s, %v\n", d.Effect, reason.Statement.Sid, reason.Policy, reason.Statement.Start)

	req.Action = "s3:DeleteBucket"
	d = policy.Evaluate(&policy.Inputs{Identity: identity}, req)
	fmt.Println(d.Message(req))
	// Output:
	// Allow: statement Home of inline policy Home, line 3, column 16
	// User: arn:aws:iam::111122223333:user/alice is not authorized to perform: s3:DeleteBucket on resource: arn:aws:s3:::team/alice/notes.txt because no identity-based policy allows the s3:DeleteBucket action
}
