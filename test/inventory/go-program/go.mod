module example.com/program

go 1.20

require rsc.io/quote/v3 v3.1.0
