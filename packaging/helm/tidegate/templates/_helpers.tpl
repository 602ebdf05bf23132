{{- define "tidegate.fullname" -}}
{{- default (ternary .Release.Name (printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride)) (contains (default .Chart.Name .Values.nameOverride) .Release.Name)) .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "tidegate.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{ include "tidegate.selector" . }}
{{- end -}}

{{- define "tidegate.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "tidegate.image" -}}
{{- $repository := required "image.repository is needed: build an image with packaging/ and name it" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{ printf "%s@%s" $repository .Values.image.digest }}
{{- else -}}
{{ printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end -}}
{{- end -}}

{{- define "tidegate.config" -}}
{{- if not .Values.config.databases }}{{ fail "config.databases is needed: tidegate.yaml, as docs/guide/configuration.md explains it" }}{{ end -}}
{{ toYaml .Values.config }}
{{- end -}}

{{/* A schedule as Kubernetes takes it: list of its key and its text. */}}
{{- define "tidegate.cron" -}}
{{- $text := index . 1 | toString | trim | lower -}}
{{- $day := "([0-6]|mon|tue|wed|thu|fri|sat)" -}}
{{- $item := printf "(\\*|(%s|sun)(-%s)?)(/[0-9]+)?" $day $day -}}
{{- $names := "@(hourly|daily|midnight|weekly|monthly|yearly|annually)" -}}
{{- if not (regexMatch (printf "^(%s|(\\S+\\s+){4}%s(,%s)*)$" $names $item $item) $text) }}{{ fail (printf "%s is %q, and Kubernetes takes five fields with weekdays from 0 (Sunday) to 6: 0,5,6 in place of 5-7, 0,6 in place of SAT-SUN" (index . 0) (index . 1)) }}{{ end -}}
{{- $text -}}
{{- end -}}

{{/* Databases with a schedule, less the excluded ones: a YAML map name → schedule. */}}
{{- define "tidegate.scheduled" -}}
{{- range $name, $database := .Values.config.databases }}
{{- $schedule := dig "snapshot" "schedule" "" $database }}
{{- if and $schedule (not (has $name $.Values.producer.exclude)) }}
{{ $name | quote }}: {{ include "tidegate.cron" (list (printf "config.databases.%s.snapshot.schedule" $name) $schedule) | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "tidegate.producerName" -}}
{{- $root := index . 0 -}}
{{- default (printf "%s-snapshot-%s" (include "tidegate.fullname" $root) (index . 1 | lower | replace "_" "-") | trunc 52 | trimSuffix "-") $root.Values.producer.name -}}
{{- end -}}

{{/* Archives outlive a job only on a claim: list of root, database, the part's values and its name. */}}
{{- define "tidegate.needClaim" -}}
{{- $database := index . 1 -}}
{{- $part := index . 2 -}}
{{- $directory := dig $database "snapshot" "directory" "" (index . 0).Values.config.databases -}}
{{- if and $directory (not (hasPrefix "s3://" $directory)) -}}
{{- $mount := trimSuffix "/" $part.mountPath -}}
{{- if not $part.existingClaim }}{{ fail (printf "the snapshots of %q are in %q, and %s.existingClaim names no claim for them" $database $directory (index . 3)) }}{{ end -}}
{{- if not (hasPrefix (printf "%s/" $mount) (printf "%s/" $directory)) }}{{ fail (printf "the snapshots of %q are in %q, which is not below %s.mountPath, %q" $database $directory (index . 3) $part.mountPath) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* A pod that meets the restricted standard: list of root, part, arguments, environment, resources, and more by key. */}}
{{- define "tidegate.pod" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "tidegate.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component | quote }}
    {{- with $root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    tidegate/configuration: {{ include "tidegate.config" $root | sha256sum | quote }}
    {{- with $root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- if .job }}
  restartPolicy: Never
  {{- end }}
  # A publish that has passed its commit point is finished before the end.
  terminationGracePeriodSeconds: 60
  automountServiceAccountToken: false
  {{- if .serviceAccount }}
  serviceAccountName: {{ include "tidegate.fullname" $root | quote }}
  {{- end }}
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ $root.Values.securityContext.runAsUser | int64 }}
    runAsGroup: {{ $root.Values.securityContext.runAsGroup | int64 }}
    fsGroup: {{ $root.Values.securityContext.runAsGroup | int64 }}
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: tidegate
      image: {{ include "tidegate.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy | quote }}
      args:
        {{- range .arguments }}
        - {{ . | quote }}
        {{- end }}
      env:
        - name: TIDEGATE_CONFIG
          value: /etc/tidegate/tidegate.yaml
        {{- range $name, $from := .environment }}
        - name: {{ $name | quote }}
          valueFrom:
            secretKeyRef:
              name: {{ $from.secret | quote }}
              key: {{ $from.key | quote }}
        {{- end }}
      {{- if .port }}
      ports:
        - name: http
          containerPort: {{ .port | int64 }}
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 30
        timeoutSeconds: 5
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 30
        timeoutSeconds: 5
      {{- end }}
      resources:
        {{- toYaml .resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - name: configuration
          mountPath: /etc/tidegate
          readOnly: true
        - name: scratch
          mountPath: /tmp
        {{- if .mountPath }}
        - name: data
          mountPath: {{ .mountPath | quote }}
        {{- end }}
  volumes:
    - name: configuration
      configMap:
        name: {{ .configMap | quote }}
    - name: scratch
      emptyDir: {}
    {{- if .mountPath }}
    - name: data
      {{- if .claim }}
      persistentVolumeClaim:
        claimName: {{ .claim | quote }}
      {{- else }}
      emptyDir: {}
      {{- end }}
    {{- end }}
  {{- with $root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Of jobs: what a retry cannot help fails at once, an eviction does not count. */}}
{{- define "tidegate.podFailurePolicy" -}}
podFailurePolicy:
  rules:
    - action: FailJob
      onExitCodes:
        containerName: tidegate
        operator: In
        values: [1, 2, 3, 4, 5, 6, 9, 10, 11]
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
{{- end -}}

{{/* 8d → 691200 */}}
{{- define "tidegate.seconds" -}}
{{- $units := dict "s" 1 "m" 60 "h" 3600 "d" 86400 "w" 604800 -}}
{{- mul (trimSuffix (regexFind "[smhdw]$" .) . | int64) (get $units (regexFind "[smhdw]$" .)) -}}
{{- end -}}
