// 2^-t for t in [0, 1), 11 fraction bits; result Q1.15, 16384..32768. 32 linear segments. Combinational.
module pim_exp2_fraction (
    input  logic [10:0] t_i,
    output logic [15:0] y_o
);
  logic [5:0] segment, rest;
  assign segment = {1'b0, t_i[10:6]};
  assign rest    = t_i[5:0];

  logic [15:0] here, next;
  pim_exp2_table u_here (
      .index_i (segment),
      .sample_o(here)
  );
  pim_exp2_table u_next (
      .index_i (segment + 6'd1),
      .sample_o(next)
  );

  // A segment falls by at most 702, so its part is below 702 * 63 + 32.
  logic [9:0] slope;
  logic [15:0] part;
  assign slope = 10'(here - next);
  assign part  = 16'(slope * rest) + 16'd32;
  assign y_o   = here - {6'd0, part[15:6]};
endmodule
