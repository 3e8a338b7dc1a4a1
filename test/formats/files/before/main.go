package main

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/pprof"
	"time"
)

type row struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func encode(rows []row) int {
	text, _ := json.Marshal(rows)
	return len(text)
}

func main() {
	runtime.MemProfileRate = 4096
	cpu, _ := os.Create("go-cpu.pb.gz")
	pprof.StartCPUProfile(cpu)
	rows := make([]row, 500)
	sum := 0
	for end := time.Now().Add(400 * time.Millisecond); time.Now().Before(end); {
		sum += encode(rows) + fib(18)
	}
	pprof.StopCPUProfile()
	cpu.Close()
	heap, _ := os.Create("go-heap.pb.gz")
	pprof.Lookup("allocs").WriteTo(heap, 0)
	text, _ := os.Create("go-heap-legacy.txt")
	pprof.Lookup("allocs").WriteTo(text, 1)
	if sum == 0 {
		os.Exit(1)
	}
}
