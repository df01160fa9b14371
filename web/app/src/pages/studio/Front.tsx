/** The slider over the front: plans between which to choose, from the one that moves least to the one that moves most. */
import { useState } from "react";
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components";
import { api, ask } from "../../api/client";
import { useFormat, useWords } from "../../i18n";
import { Badge, Button } from "../../parts/basics";
import { useToasts } from "../../parts/toasts";
import { JobBar, useJob } from "../../parts/job";
import { words } from "./words";

interface Point {
  plan: string;
  max_deviation: number;
  cost: number;
  moves: number;
  keeps_policy: boolean;
  recommended: boolean;
}
interface Found {
  job: string;
  unit: string;
  points: Point[];
}

export function Front({ plan, disabled, onTake }: { plan: string; disabled: boolean; onTake(job: string, name: string): Promise<void> }) {
  const say = useWords(words);
  const format = useFormat();
  const toasts = useToasts();
  const [running, setRunning] = useState<string | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [at, setAt] = useState(0);
  const job = useJob(running, (done) => {
    setRunning(null);
    if (done.state === "done") {
      const result = done.result as unknown as { cost_unit: string; points: Point[] };
      setFound({ job: done.job_id, unit: result.cost_unit, points: result.points });
      setAt(Math.max(0, result.points.findIndex((one) => one.recommended)));
    } else toasts.say(done.state === "cancelled" ? say.stopped : `${say.failed}: ${done.error ?? done.state}`);
  });
  const begin = async () => {
    try {
      const started = await ask(api.POST("/api/v1/plans/{id}/front", { params: { path: { id: plan } }, body: { plans: 7, seconds: 5 } }));
      setRunning(started.job_id);
    } catch (refused) {
      toasts.complain(refused);
    }
  };
  const point = found?.points[at];
  return (
    <div className="stack">
      <p className="soft">{say.frontHint}</p>
      {running ? (
        <JobBar id={running} job={job} label={say.finding} stop={say.stop} />
      ) : (
        <div className="row">
          <Button icon="chart" onPress={() => void begin()} isDisabled={disabled}>
            {say.findFront}
          </Button>
        </div>
      )}
      {found && point && (
        <>
          <Slider className="slider" value={at} minValue={0} maxValue={found.points.length - 1} step={1} onChange={(value) => setAt(value as number)}>
            <Label>{say.frontSlider}</Label>
            <SliderOutput>{say.frontOf(String(at + 1), String(found.points.length))}</SliderOutput>
            <SliderTrack className="slider-track">
              <SliderThumb className="slider-thumb" aria-valuetext={`${say.frontOf(String(at + 1), String(found.points.length))}: ${format.percent(point.max_deviation, 1)}, ${format.number(point.cost, 1)} ${found.unit}, ${format.number(point.moves)}`} />
            </SliderTrack>
          </Slider>
          <dl className="facts">
            <div><dt>{say.deviation}</dt><dd>{format.percent(point.max_deviation, 1)}</dd></div>
            <div><dt>{say.way}</dt><dd>{`${format.number(point.cost, 1)} ${found.unit}`}</dd></div>
            <div><dt>{say.moves}</dt><dd>{format.number(point.moves)}</dd></div>
            <div><dt>{say.keepsPolicy}</dt><dd>{point.keeps_policy ? say.yes : say.no} {point.recommended && <Badge tone="good">{say.recommended}</Badge>}</dd></div>
          </dl>
          <div className="row">
            <Button look="main" isDisabled={disabled} onPress={() => void onTake(found.job, point.plan)}>
              {say.take}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
