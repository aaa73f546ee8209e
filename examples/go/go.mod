module clientsite

go 1.19
