/** A job of the service as it goes on: told by the service itself (server-sent events), with a way to stop it. */
import { useEffect, useRef, useState } from "react";
import { Label, ProgressBar } from "react-aria-components";
import { api, ask } from "../api/client";
import type { Job } from "../api/schema";
import { Button } from "./basics";
import { useFormat } from "../i18n";

const OVER = ["done", "failed", "cancelled", "stopped", "undone"];

/** Follows a job until nothing more comes of it; then says what came. */
export function useJob(id: string | null, onEnd: (job: Job) => void): Job | null {
  const [job, setJob] = useState<Job | null>(null);
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    setJob(null);
    if (!id) return;
    const source = new EventSource(`/api/v1/jobs/${id}/events`);
    source.addEventListener("job", (event) => {
      const told = JSON.parse((event as MessageEvent<string>).data) as Job;
      setJob(told);
      if (OVER.includes(told.state)) {
        source.close();
        end.current(told);
      }
    });
    return () => source.close();
  }, [id]);
  return job;
}

export function JobBar({ id, job, label, stop }: { id: string; job: Job | null; label: string; stop: string }) {
  const format = useFormat();
  const share = job && job.total > 0 ? job.done / job.total : 0;
  return (
    <div className="job-bar">
      <ProgressBar value={share * 100} className="progress">
        <Label>{label}</Label>
        <span className="progress-value">{format.percent(share)}</span>
        <span className="progress-track" aria-hidden="true">
          <span style={{ width: `${share * 100}%` }} />
        </span>
      </ProgressBar>
      <Button icon="close" onPress={() => void ask(api.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id } }, body: {} })).catch(() => undefined)}>
        {stop}
      </Button>
    </div>
  );
}
