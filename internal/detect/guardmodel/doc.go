// Package guardmodel scores texts for every category of harmful content and of prompt attacks: a tower over the trunk.
//
// A window's rows are averaged, each head is one linear layer over the mean, and the calibration turns a logit into the probability that
// the label is right.
package guardmodel
