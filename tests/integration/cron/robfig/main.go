// Says when Kubernetes' own parser takes expressions to be due: reads `expression<TAB>2026-11-22T03:00:00Z` from each
// line, prints the next three moments after that, or `refused` and why. It looks five years ahead.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

func answer(line string) string {
	text, from, found := strings.Cut(line, "\t")
	moment, err := time.Parse(time.RFC3339, from)
	if !found || err != nil {
		return "refused no moment in the line"
	}
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return "refused " + err.Error()
	}
	var times []string
	for i := 0; i < 3; i++ {
		moment = schedule.Next(moment.UTC())
		if moment.IsZero() {
			return "later"
		}
		times = append(times, moment.Format("2006-01-02T15:04:05.000Z"))
	}
	return strings.Join(times, " ")
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fmt.Println(answer(lines.Text()))
	}
}
