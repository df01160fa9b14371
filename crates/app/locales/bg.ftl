# Основания за възлагането.
why-named = { $employee } отговаря за този сегмент като { $position }
why-seat-own = място „{ $seat }“, което е на { $employee }
why-seat = място „{ $seat }“, възложено на { $employee }
why-drive = на { $minutes } мин път от центъра на територия „{ $territory }“; следващият най-бърз, { $next }, пътува { $nextminutes } мин
why-drive-alone = на { $minutes } мин път от центъра на територия „{ $territory }“
why-not-quickest = на { $minutes } мин път от центъра на територия „{ $territory }“; { $next } стига по-бързо ({ $nextminutes } мин), но балансът или капацитетът не го позволява
why-near = { $km } км от центъра на територия „{ $territory }“; следващият най-близък, { $next }, е на { $nextkm } км
why-near-alone = { $km } км от центъра на територия „{ $territory }“
why-not-nearest = { $km } км от центъра на територия „{ $territory }“; { $next } е по-близо ({ $nextkm } км), но балансът или капацитетът не го позволява
why-no-place = без координати: поставен там, където натоварването не достигаше
fitness-any = не се търсят умения
fitness-full = има всички търсени умения на най-високото налично ниво
fitness-short = { $missing } нива на умения под най-доброто
fitness-way = на { $km } км
why-fit = { $fitness }; следващият най-подходящ, { $next }: { $other }
why-fit-other-better = { $fitness }; { $next } би подхождал повече ({ $other }), но капацитетът, балансът или цената на преместването не го позволява
why-load = изравнява натоварването между { $count ->
    [one] един служител
   *[other] { $count } служители
  }
why-follows = същият служител като за { $role }
why-parent = същият служител като за главната фирма на групата
why-group = заедно с останалите от групата
why-pinned = закрепен: { $reason }
why-pinned-plain = закрепен от политиката
why-by-hand = ръчно от { $actor }, защото { $reason }
why-by-hand-plain = ръчно от { $actor }
why-nobody-staff = никой: няма служител на работа, който може да го обслужва
why-nobody-value = никой: клиентът няма стойност, по която да се раздели
why-nobody-skill = никой: никой служител няма задължителните умения
why-nobody-holder = никой: ролята, която следва, няма титуляр
why-kept = остава при досегашния отговорник
why-moved = досега при { $before }
why-holder-gone = досегашният отговорник е напуснал

# Колко далеч от най-доброто е разпределението.
gap-determined = Няма какво да се оптимизира: политиката решава за всеки клиент.
gap-optimal = Доказано: никой план, който спазва тези обещания, не е по-добър от този.
gap-some = Никой план, който спазва тези обещания, не може да е по-добър от този с повече от { $gap } % ({ $measured }).
gap-loose = Границата тук е груба: тя изключва само планове, които са по-добри от този с повече от { $gap } % ({ $measured }). Каква част от това може да се спечели, не е известно.
gap-empty = Границата тук не казва почти нищо ({ $gap } %, { $measured }). Това не е присъда за плана: сравнете го с плановете от един фронт или с тези от други начални числа.
gap-none = С колко може да е по-добър друг план, не е известно: за тази група няма граница.
gap-unfeasible = Някое обещание не може да бъде спазено, затова няма най-добър план за сравнение: вижте кое не може да се спази.
gap-by-hand = За тази група решава политиката; ръчно { $count ->
    [one] един клиент е
   *[other] { $count } клиента са
  } отклонени от нея.
gap-of-way = път до клиентите, с цената на преместванията
gap-of-fit = липсващи умения, с цената на преместванията
gap-of-moves = цена на преместванията

# Колко подходящ е някой за новопостъпил клиент и защо той отива при него.
because-centre = на { $km } км от центъра
because-no-place = без координати: според натоварването
because-skill = { $skill }: ниво { $held } от { $best }
because-load = натоварване { $percent } % от средното
because-seat = заема място „{ $seat }“
because-not-seat = не заема място „{ $seat }“
because-no-seat = никой не заема място „{ $seat }“: според натоварването
because-turn = по ред, кръг { $turn }
because-unit = отговаря за единица „{ $unit }“
because-stands-in = замества { $holder }, който отсъства ({ $because })
route-manual = възложено ръчно от { $actor }
route-arrival = при постъпване: { $reason }
route-group = отговаря за главната фирма на групата, { $parent }
route-full = { $because }; всички са на предела си
route-better-full = { $because }; { $better } би бил по-добър, но е на предела си
route-next = { $because }; следващ { $next }: { $other }

title-plan = План за обслужване от { $date }

# Картата, от която клиентът знае към кого да се обърне.
card-title = Вашите хора в { $company }
card-title-plain = Вашите хора за контакт
card-for = За { $account }
card-as-of = Към { $day }
card-away-until = { $name } отсъства до { $day } Дотогава се обръщайте към:
card-away = { $name } отсъства. Обръщайте се към:
card-away-nobody-until = { $name } отсъства и се връща на { $day }
card-away-nobody = { $name } отсъства.
card-position = Длъжност
card-email = Ел. поща
card-phone = Телефон
card-hours = Кога
card-helps = Помага Ви с
card-nobody = В момента тук не е посочен никой. Моля, обърнете се към познатия Ви офис.
card-save = Запазване на контактите
card-unknown-title = Тази карта не е достъпна
card-unknown = Адресът е сгрешен или картата вече не се споделя. Моля, поискайте нова от Вашия човек за контакт.
card-stands-in = замества { $name }
card-stands-in-until = замества { $name } до { $day }
card-day = { $day } { $month ->
    [1] януари
    [2] февруари
    [3] март
    [4] април
    [5] май
    [6] юни
    [7] юли
    [8] август
    [9] септември
    [10] октомври
    [11] ноември
   *[12] декември
  } { $year } г.

# Може ли обещаното обслужване да се спази и какво би помогнало.
service-short = От { $promised } обещани часа годишно за { $short } няма кой да ги отдели.
service-breaks = Първо отстъпва обещанието към „{ $segment }“ в ролята { $role }: { $accounts ->
    [one] на един клиент
   *[other] на { $accounts } клиенти
  } не достигат { $hours } часа годишно.
service-holds = Всички { $promised } обещани часа годишно могат да бъдат спазени; първият служител остава без време, когато те нараснат с { $headroom } %.
service-below = { $accounts ->
    [one] Един клиент се обслужва
   *[other] { $accounts } клиенти се обслужват
  } под обещаната квалификация.
mend-move = { $accounts ->
    [one] Един клиент да се премести
   *[other] { $accounts } клиенти да се преместят
  } ({ $hours } часа) при { $to }.
mend-train = { $employees } да се обучи в { $skills }, след което { $accounts ->
    [one] един клиент да се премести там.
   *[other] { $accounts } клиенти да се преместят там.
  }
mend-fewer = На „{ $of }“ да се обещаят { $feasible } контакта годишно вместо { $contacts }.
mend-hire = Да се назначат още { $employees }, до { $beside }.
mend-hire-anybody = Да се назначат още { $employees }.
mend-price = Струва { $cost } { $currency } годишно.
mend-no-price = Политиката не казва колко струва.

# Кой какво да научи и кого да назначат.
skills-method = Стойностите идват от оптимизатора: цените на неговите ограничения казват какво би спестило едно ниво или един човек (чувствителност на границата на Лагранж); първите няколко са потвърдени с ново решение. Броят се липсващи нива, всяко като дял от исканото.
skills-train = { $employee }: „{ $skill }“ от ниво { $from } на { $to } спестява { $saved } липсващи нива; { $accounts ->
    [one] един клиент се обслужва
   *[other] { $accounts } клиенти се обслужват
  } по-добре.
skills-hire = Още един { $role } в „{ $segment }“ с { $skills } спестява { $saved } липсващи нива; { $accounts ->
    [one] един клиент се обслужва
   *[other] { $accounts } клиенти се обслужват
  } по-добре.

# Усилие по сегменти спрямо стратегията.
effort-as-meant = „{ $segment }“ взема { $share } % от усилието, както е замислено ({ $target } %).
effort-too-much = „{ $segment }“ взема { $share } % от усилието при замислени { $target } %: { $hours } часа годишно в повече.
effort-too-little = „{ $segment }“ взема { $share } % от усилието при замислени { $target } %: не достигат { $hours } часа годишно.
effort-no-target = „{ $segment }“ взема { $share } % от усилието; стратегията не казва нищо за него.

# Какво променя един сценарий.
scenario-hours = Клиентите искат { $after } часа годишно вместо { $before }; налични са { $hadafter } вместо { $hadbefore }.
scenario-moves = { $moved ->
    [one] Едно възлагане се сменя
   *[other] { $moved } възлагания се сменят
  }, { $new } са нови.
scenario-profit = Една година носи { $after } { $currency } след разходите за хората вместо { $before }: { $difference }.
scenario-unassigned = За още { $more } възлагания няма кой да отговаря.

# Защо един проект не се променя така и какво да се направи.
edit-unknown-employee = в този проект няма служител „{ $employee }“
edit-unknown-employee-remedy = изберете някого от списъка
edit-not-at-work = { $employee } не е на работа на { $day }
edit-not-at-work-remedy = изберете някого, който е на работа
edit-not-staff = { $employee } не е сред служителите за { $pool }
edit-not-staff-remedy = изберете някого от тях или променете служителите в политиката
edit-unqualified = { $employee } няма умение, което тези клиенти изискват
edit-unqualified-remedy = изберете някого, който го има, или впишете умението
edit-locked = заключени в този проект
edit-locked-remedy = първо ги отключете
edit-pinned = закрепени от политиката или ръчно в регистъра
edit-pinned-remedy = първо премахнете закрепването там
edit-unknown-account = не се обслужват в ролята { $role } от този проект
edit-unknown-account-remedy = изберете клиенти от тази роля
edit-lock-nobody = никой не отговаря за него, няма какво да се заключи
edit-lock-nobody-remedy = първо го възложете на някого
edit-nothing = всичко вече е така
edit-nothing-remedy = изберете други клиенти или друг служител

# Обещания, които проектът в този си вид не спазва.
exception-over = { $measure } на { $employee }: { $load }, повече от допустимите { $limit }
exception-under = { $measure } на { $employee }: { $load }, по-малко от исканите { $limit }
exception-capacity = { $measure } на { $employee }: { $load }, повече от капацитета { $limit }
exception-detached = { $count ->
    [one] един клиент е откъснат
   *[other] { $count } клиента са откъснати
  } от останалата част на територията
exception-torn = { $count ->
    [one] една група или единица е разделена
   *[other] { $count } групи или единици са разделени
  } между няколко души
exception-against = { $count ->
    [one] един клиент е възложен
   *[other] { $count } клиента са възложени
  } ръчно, където политиката посочва отговорника
