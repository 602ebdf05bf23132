// takes snapshots: reads production 'syrftest', fills the snapshot 'syrf_snapshot'
db.getSiblingDB("admin").createUser({
  "user": "snapshot-producer",
  "pwd": passwordPrompt(),
  "roles": [
    {"role": "read", "db": "syrftest"},
    {"role": "readWrite", "db": "syrf_snapshot"},
    {"role": "dbAdmin", "db": "syrf_snapshot"}
  ]
})

// pull request 42: reads the snapshot 'syrf_snapshot', fills and drops its own 'syrf_pr_42'
db.getSiblingDB("admin").createUser({
  "user": "syrf-pr-42-user",
  "pwd": passwordPrompt(),
  "roles": [
    {"role": "read", "db": "syrf_snapshot"},
    {"role": "readWrite", "db": "syrf_pr_42"},
    {"role": "dbAdmin", "db": "syrf_pr_42"}
  ]
})

// target 'staging': reads the snapshot 'syrf_snapshot', fills 'syrf_staging'
db.getSiblingDB("admin").createUser({
  "user": "staging-filler",
  "pwd": passwordPrompt(),
  "roles": [
    {"role": "read", "db": "syrf_snapshot"},
    {"role": "readWrite", "db": "syrf_staging"},
    {"role": "dbAdmin", "db": "syrf_staging"}
  ]
})
