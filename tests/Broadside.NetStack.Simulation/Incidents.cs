using Broadside.NetStack.Simulation.Hosts;
using Broadside.NetStack.Simulation.Paths;

namespace Broadside.NetStack.Simulation;

/// <summary>What goes wrong once in a while, besides frames that are lost all the time.</summary>
internal sealed class Incidents(World world, Medium medium, SimulatedHost a, SimulatedHost b, Random random)
{
    public void Happen()
    {
        if (world.IsFinishing)
        {
            return;
        }

        switch (random.Next(5))
        {
            case 0:
                CutLink();
                break;
            case 1:
                ChangePath();
                break;
            case 2:
                DigBlackHole();
                break;
            case 3:
                StopHost();
                break;
            case 4:
                LeapInTime();
                break;
        }
    }

    private void CutLink()
    {
        world.Tally.Count("links cut");
        medium.SetLink(isUp: false);
        world.Agenda.At(Later(TimeSpan.FromSeconds(20)), () => medium.SetLink(isUp: true));
    }

    private void ChangePath()
    {
        if (medium.Router is { } router)
        {
            world.Tally.Count("paths changed");
            router.PathLimit = random.Next(world.Scenario.IsIPv6 ? 1280 : 560, world.Scenario.A.Port.MaximumTransmissionUnit + 1);
        }
    }

    private void DigBlackHole()
    {
        if (medium.Router is { } router)
        {
            world.Tally.Count("black holes");
            router.IsSilent = true;
            world.Agenda.At(Later(TimeSpan.FromSeconds(30)), () => router.IsSilent = false);
        }
    }

    private void StopHost()
    {
        world.Tally.Count("hosts stopped");
        (random.Chance(0.5) ? a : b).StandsStillUntil = Later(TimeSpan.FromSeconds(10));
    }

    // Nothing runs anywhere for so long, and then all of it is late at once.
    private void LeapInTime()
    {
        world.Tally.Count("leaps in time");
        world.Clock.MoveTo(Later(TimeSpan.FromHours(3)));
    }

    private TimeSpan Later(TimeSpan most) => world.Clock.Now + random.Magnitude(TimeSpan.FromMilliseconds(10), most);
}
