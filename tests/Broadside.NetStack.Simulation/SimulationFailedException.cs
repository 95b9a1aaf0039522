namespace Broadside.NetStack.Simulation;

/// <summary>Something came about that must not.</summary>
internal sealed class SimulationFailedException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    public static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new SimulationFailedException(message);
        }
    }
}
