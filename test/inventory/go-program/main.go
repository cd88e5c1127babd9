// A program with one dependency, for whoever reads what programs say of themselves.
package main

import "rsc.io/quote/v3"

func main() { println(quote.HelloV3()) }
