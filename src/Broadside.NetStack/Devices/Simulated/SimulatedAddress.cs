using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Devices;

/// <summary>Locally administered addresses (IEEE 802, section 8.4), one for each port.</summary>
internal static class SimulatedAddress
{
    private const ulong LocallyAdministered = 0x02_00_00_00_00_00;

    public static MacAddress OfPort(int index) => new(LocallyAdministered | ((ulong)index + 1));
}
