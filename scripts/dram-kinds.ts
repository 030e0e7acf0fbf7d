/** The DRAM section of the technology files: energy per bit does not depend on the node of the chip beside it. */
export const DRAM_SECTION = `dram:
  kind: selectable
  default: ddr3
  kinds:
    ddr3:
      energy: 20 pJ/bit
      source: Horowitz, ISSCC 2014, 1.3 to 2.6 nJ per 64 bits = 20 to 41 pJ/bit; the lower end, typical of DDR3 with interface
    ddr4:
      energy: 20 pJ/bit
      source: typical published value for DDR3 and DDR4 modules with interface, about 20 pJ/bit
    lpddr4:
      energy: 6 pJ/bit
      source: middle of the range published for LPDDR3 and LPDDR4 with interface, 4 to 8 pJ/bit
    lpddr5:
      energy: 4.2 pJ/bit
      source: the figure of lpddr4 less the 30 % at most that Samsung states for LPDDR5 (announcement of July 2018, which compares with LPDDR4X); derived, not measured
    hbm2:
      energy: 4 pJ/bit
      source: typical published value for HBM2, about 4 pJ/bit (O'Connor et al., MICRO 2017, give 3.97 for the device)
    hbm2e:
      energy: 6 pJ/bit
      source: Micron, Ultra-Bandwidth Solutions, memory comparison, average device power of HBM2E 6.0 pJ/bit (a maker's figure at 3.2 to 3.6 Gb/s; that of hbm2 is for slower parts)
    hbm3:
      energy: 5 pJ/bit
      source: the figure of hbm2e times (1.1 V / 1.2 V)^2, the supplies of Samsung's HBM3 and HBM2E; derived, not measured
    gddr6:
      energy: 7.5 pJ/bit
      source: Micron, Ultra-Bandwidth Solutions, memory comparison, average device power of GDDR6 7.5 pJ/bit (a maker's figure at 14 to 16 Gb/s)
`;
