# Reasons of assignments.
why-named = { $employee } holds this segment as { $position }
why-seat-own = seat “{ $seat }”, which is { $employee }'s own
why-seat = seat “{ $seat }”, given to { $employee }
why-drive = { $minutes } min from the centre of territory “{ $territory }” by road; the next quickest, { $next }, takes { $nextminutes } min
why-drive-alone = { $minutes } min from the centre of territory “{ $territory }” by road
why-not-quickest = { $minutes } min from the centre of territory “{ $territory }” by road; { $next } is quicker ({ $nextminutes } min), but balance or capacity speaks against it
why-near = { $km } km from the centre of territory “{ $territory }”; the next nearest, { $next }, is { $nextkm } km away
why-near-alone = { $km } km from the centre of territory “{ $territory }”
why-not-nearest = { $km } km from the centre of territory “{ $territory }”; { $next } is nearer ({ $nextkm } km), but balance or capacity speaks against it
why-no-place = no co-ordinates: placed where load was short
fitness-any = no skill is asked for
fitness-full = has every skill asked for at the best level there is
fitness-short = { $missing } skill levels short of the best
fitness-way = { $km } km away
why-fit = { $fitness }; the next best, { $next }: { $other }
why-fit-other-better = { $fitness }; { $next } would fit better ({ $other }), but capacity, balance or what a move costs speaks against it
why-load = evens the load among { $count ->
    [one] one employee
   *[other] { $count } employees
  }
why-follows = the same person as { $role }
why-parent = the same person as the head of the group
why-group = with the other members of its group
why-pinned = pinned: { $reason }
why-pinned-plain = pinned by the policy
why-nobody-staff = nobody: no employee at work may serve it
why-nobody-value = nobody: the account has no value to be divided by
why-nobody-skill = nobody: no employee holds the skills that are a must
why-nobody-holder = nobody: the role it follows has no holder
why-kept = stays with the present holder
why-moved = was with { $before }
why-holder-gone = the former holder has left

# How far from the best a pool is.
gap-determined = Nothing to optimise: the policy decides every account.
gap-optimal = Proven: no plan that keeps these promises is better than this one.
gap-some = No plan that keeps these promises can be better than this one by more than { $gap } % ({ $measured }).
gap-loose = The bound is loose here: it only excludes plans that are better than this one by more than { $gap } % ({ $measured }). How much of that could be gained is not known.
gap-empty = The bound says next to nothing here ({ $gap } %, { $measured }). That is no verdict on the plan: compare it with the plans of a front, or with those of other seeds.
gap-none = How much better another plan could be is not known: there is no bound for this pool.
gap-unfeasible = Some promise could not be kept, so there is no best plan to compare with: see what could not be kept.
gap-of-way = way to the accounts, with the price of moves
gap-of-fit = missing skills, with the price of moves
gap-of-moves = price of moves

# How well somebody would serve an arrival, and why it is routed there.
because-centre = { $km } km from the centre
because-no-place = no co-ordinates: by load
because-skill = { $skill } at { $held } of { $best }
because-load = load { $percent } % of the mean
because-seat = holds seat "{ $seat }"
because-not-seat = does not hold seat "{ $seat }"
because-no-seat = nobody holds seat "{ $seat }": by load
route-arrival = on arrival: { $reason }
route-group = holds the head of its group, { $parent }
route-full = { $because }; everybody is at the limit
route-better-full = { $because }; { $better } would be better but is at the limit
route-next = { $because }; next { $next }: { $other }

title-plan = Coverage plan from { $date }
