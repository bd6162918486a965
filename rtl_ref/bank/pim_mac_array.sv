`include "pim_assert.svh"
`include "pim_pkg.svh"
// 64 multipliers of 6 x 17 bits, an adder tree, scales, and accumulators: the arithmetic of MAC, SCORE and PV, exact
// up to the one rounding of a result. A lane holds a weight or a code of up to five bits less its zero point, or a
// nibble of a wider code, whose lanes are put together behind the multipliers.
//
// Six stages. 0: while BRAM is read, codes, scales and zero points of the beat. 1: operands are there; multiply and add.
// 2: scale (PV: weigh and accumulate). 3: accumulate (PV: round). 4: round (PV: write). 5: write.
module pim_mac_array #(
    parameter int MaxVectors = 64,
    parameter int MaxSums = 8192,
    parameter int SparseWeights = 1
) (
    input logic clk_i,
    input logic rst_ni,

    input pim_pkg::decoded_t decoded_i,
    input pim_pkg::fields_t  fields_i,

    // columns, as pim_mac_control knows them
    input logic         column_valid_i,  // rdata_i is a new column
    input logic [255:0] rdata_i,
    input logic         meta_valid_i,
    input logic [  7:0] meta_index_i,

    input pim_pkg::beat_t beat_i,  // its operands come one cycle later
    input logic [1023:0]  line_i,
    input logic [  63:0]  pair_i,

    output pim_pkg::bram_write_t write_o,
    output logic [2047:0]        write_data_o
);
  localparam int SumRows = MaxSums / 64;
  localparam int SumRowBits = $clog2(SumRows);
  localparam int VectorBits = $clog2(MaxVectors);

  // ---- columns: the codes stay until all their beats are through, and as long as a code may have begun in them
  logic [255:0] column_q, before_q;
  logic [255:0] weight_meta[0:191];
  logic [255:0] cache_meta_q;
  always_ff @(posedge clk_i) begin
    if (column_valid_i) begin
      column_q <= rdata_i;
      before_q <= column_q;
    end
    if (column_valid_i && meta_valid_i) begin
      cache_meta_q <= rdata_i;
      if (decoded_i.is_mac) weight_meta[meta_index_i] <= rdata_i;
    end
  end

  // ---- stage 0: scales and zero points of the beat's one or two groups, from the meta bytes of the row
  logic two_groups, wide_zeros;
  assign two_groups = fields_i.group32 && !fields_i.two_lanes;
  assign wide_zeros = fields_i.five || (decoded_i.is_mac && fields_i.two_lanes);
  logic [12:0] zero_byte;
  logic [255:0] scale_column, zero_column;
  logic [31:0] scale_pair;
  logic [15:0] zero_pair, scale_low, scale_high;
  logic [7:0] token_meta, zero_low, zero_high;
  assign zero_byte    = {decoded_i.groups, 1'b0} + (wide_zeros ? {1'b0, beat_i.group} : {2'b00, beat_i.group[11:1]});
  assign scale_column = weight_meta[beat_i.group[11:4]];
  assign zero_column  = weight_meta[zero_byte[12:5]];
  assign scale_pair   = 32'(scale_column >> {beat_i.group[3:0], 4'b0000});
  assign zero_pair    = 16'(zero_column >> {zero_byte[4:0], 3'b000});
  assign scale_low    = scale_pair[15:0];
  assign scale_high   = beat_i.half ? 16'd0 : two_groups ? scale_pair[31:16] : scale_low;
  assign token_meta   = cache_meta_q[8*beat_i.token+:8];
  // Each of them said once: a value that a block takes back sends Icarus round in circles.
  logic [7:0] stored_low, stored_high, next_zero;
  // The one zero point that lies beyond its column is the row's last, and the first byte of the last meta column.
  assign next_zero   = zero_byte[4:0] == 5'd31 ? cache_meta_q[7:0] : zero_pair[15:8];
  assign stored_low  = wide_zeros ? zero_pair[7:0] : {4'd0, beat_i.group[0] ? zero_pair[7:4] : zero_pair[3:0]};
  assign stored_high = !two_groups ? stored_low : wide_zeros ? next_zero : {4'd0, zero_pair[7:4]};
  logic [7:0] middle;  // of the codes, where no zero point is stored
  assign middle    = fields_i.three ? 8'd4 : fields_i.five ? 8'd16 : fields_i.two_lanes ? 8'd128 : 8'd8;
  assign zero_low  = !decoded_i.is_mac ? {4'd0, token_meta[7:4]} : fields_i.zeros ? stored_low : middle;
  assign zero_high = !decoded_i.is_mac ? {4'd0, token_meta[7:4]} : fields_i.zeros ? stored_high : middle;

  logic [4:0] token_bytes;  // where a column holds several tokens
  assign token_bytes = decoded_i.token_bytes[4:0];

  // The codes of the beat, moved to the lowest lanes.
  logic [319:0] codes;
  logic [383:0] weights;
  assign codes = 320'({column_q, before_q} >> {beat_i.shift, 3'b000});
  pim_weight_lanes #(
      .SparseWeights(SparseWeights)
  ) u_lanes (
      .valid_i    (beat_i.valid && !beat_i.old),
      .codes_i    (codes),
      .is_mac_i   (decoded_i.is_mac),
      .fields_i,
      .blocks_i   (beat_i.blocks),
      .lanes_i    (decoded_i.pieces != 6'd1 && !decoded_i.is_mac ? 7'({token_bytes, 1'b0}) : 7'd64),
      .zero_low_i (zero_low),
      .zero_high_i(zero_high),
      .weights_o  (weights)
  );

  // ---- stage 1: the operands of the beat
  logic s1_valid_q, s1_old_q, s1_first_q, s1_last_q, s1_half_q;
  logic [383:0] s1_weights_q;
  logic [15:0] s1_scale_low_q, s1_scale_high_q;
  logic [3:0] s1_token_shift_q;
  logic [5:0] s1_vector_q;
  logic [ 8:0] s1_sums_q;
  logic [ 1:0] s1_byte_q;
  logic [19:0] s1_result_word_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s1_valid_q <= 1'b0;
    end else begin
      s1_valid_q <= beat_i.valid;
    end
  end
  always_ff @(posedge clk_i) begin
    if (beat_i.valid) begin
      s1_old_q         <= beat_i.old;
      s1_first_q       <= beat_i.begins;
      s1_last_q        <= beat_i.ends;
      s1_half_q        <= beat_i.half;
      s1_weights_q     <= weights;
      s1_scale_low_q   <= scale_low;
      s1_scale_high_q  <= scale_high;
      s1_token_shift_q <= token_meta[3:0];
      s1_vector_q      <= beat_i.vector_index;
      s1_sums_q        <= beat_i.sums;
      s1_byte_q        <= beat_i.scalar_byte;
      s1_result_word_q <= beat_i.result_word;
    end
  end

  // Scalars from BRAM: shifts of one or two groups and then perhaps the base; an exponent; a probability.
  /* verilator lint_off UNUSEDSIGNAL */
  logic [63:0] scalars;
  /* verilator lint_on UNUSEDSIGNAL */
  logic [ 7:0] s1_base;
  assign scalars = pair_i >> {s1_byte_q, 3'b000};
  assign s1_base = two_groups && !s1_half_q ? scalars[23:16] : scalars[15:8];

  // Four lanes at a time.
  logic signed [39:0] dot_low, dot_high, quad, pair_a, pair_b;
  logic signed [22:0] product_a, product_b, product_c, product_d;
  logic signed [5:0] weight_a, weight_b, weight_c, weight_d;
  logic signed [16:0] operand_a, operand_b, operand_c, operand_d;
  logic [2559:0] elements;  // PV: products by element, 40 bits each
  logic [639:0] quads;
  // As a tree: three adders deep.
  function automatic logic signed [39:0] sumOfEight(input logic [319:0] x);
    sumOfEight = ((x[39:0] + x[79:40]) + (x[119:80] + x[159:120])) + ((x[199:160] + x[239:200]) + (x[279:240] + x[319:280]));
  endfunction
  always_comb begin
    quads     = '0;
    elements  = '0;
    quad      = '0;
    pair_a    = '0;
    pair_b    = '0;
    product_a = '0;
    product_b = '0;
    product_c = '0;
    product_d = '0;
    weight_a  = '0;
    weight_b  = '0;
    weight_c  = '0;
    weight_d  = '0;
    operand_a = '0;
    operand_b = '0;
    operand_c = '0;
    operand_d = '0;
    if (s1_valid_q) begin
      for (int q = 0; q < 16; q++) begin
        weight_a = $signed(s1_weights_q[24*q+:6]);
        weight_b = $signed(s1_weights_q[24*q+6+:6]);
        weight_c = $signed(s1_weights_q[24*q+12+:6]);
        weight_d = $signed(s1_weights_q[24*q+18+:6]);
        if (decoded_i.is_pv) begin
          operand_a = {1'b0, scalars[15:0]};
          operand_b = operand_a;
          operand_c = operand_a;
          operand_d = operand_a;
        end else if (fields_i.one_lane && fields_i.a16) begin
          operand_a = 17'($signed(line_i[64*q+:16]));
          operand_b = 17'($signed(line_i[64*q+16+:16]));
          operand_c = 17'($signed(line_i[64*q+32+:16]));
          operand_d = 17'($signed(line_i[64*q+48+:16]));
        end else if (fields_i.one_lane) begin
          operand_a = 17'($signed(line_i[32*q+:8]));
          operand_b = 17'($signed(line_i[32*q+8+:8]));
          operand_c = 17'($signed(line_i[32*q+16+:8]));
          operand_d = 17'($signed(line_i[32*q+24+:8]));
        end else if (fields_i.two_lanes && fields_i.a16) begin
          operand_a = 17'($signed(line_i[32*q+:16]));
          operand_b = operand_a;
          operand_c = 17'($signed(line_i[32*q+16+:16]));
          operand_d = operand_c;
        end else if (fields_i.two_lanes) begin
          operand_a = 17'($signed(line_i[16*q+:8]));
          operand_b = operand_a;
          operand_c = 17'($signed(line_i[16*q+8+:8]));
          operand_d = operand_c;
        end else begin
          operand_a = 17'($signed(line_i[16*q+:16]));
          operand_b = operand_a;
          operand_c = operand_a;
          operand_d = operand_a;
        end
        product_a = weight_a * operand_a;
        product_b = weight_b * operand_b;
        product_c = weight_c * operand_c;
        product_d = weight_d * operand_d;
        pair_a    = 40'(product_a) + (fields_i.one_lane ? 40'(product_b) : 40'(product_b) <<< 4);
        pair_b    = 40'(product_c) + (fields_i.one_lane ? 40'(product_d) : 40'(product_d) <<< 4);
        quad      = pair_a + (fields_i.one_lane || fields_i.two_lanes ? pair_b : pair_b <<< 8);
        quads[40*q+:40] = quad;
        if (decoded_i.is_pv) begin
          if (fields_i.one_lane) begin
            elements[160*q+:40]     = 40'(product_a);
            elements[160*q+40+:40]  = 40'(product_b);
            elements[160*q+80+:40]  = 40'(product_c);
            elements[160*q+120+:40] = 40'(product_d);
          end else if (fields_i.two_lanes) begin
            elements[80*q+:40]    = pair_a;
            elements[80*q+40+:40] = pair_b;
          end else begin
            elements[40*q+:40] = quad;
          end
        end
      end
    end
  end
  assign dot_low  = sumOfEight(quads[319:0]);
  assign dot_high = sumOfEight(quads[639:320]);

  // ---- stage 2: scale
  logic s2_valid_q, s2_old_q, s2_first_q, s2_last_q;
  logic signed [39:0] s2_low_q, s2_high_q;
  logic [2559:0] s2_elements_q;
  logic [15:0] s2_scale_low_q, s2_scale_high_q;
  logic [3:0] s2_shift_low_q, s2_shift_high_q;
  logic [ 7:0] s2_exponent_q;  // MAC: base; SCORE: of the query
  logic [ 5:0] s2_vector_q;
  logic [ 8:0] s2_sums_q;
  logic [19:0] s2_result_word_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s2_valid_q <= 1'b0;
    else s2_valid_q <= s1_valid_q;
  end
  always_ff @(posedge clk_i) begin
    if (s1_valid_q) begin
      s2_old_q         <= s1_old_q;
      s2_first_q       <= s1_first_q;
      s2_last_q        <= s1_last_q;
      s2_low_q         <= s1_old_q ? pair_i[39:0] : dot_low;
      s2_high_q        <= s1_old_q ? {16'd0, pair_i[63:40]} : dot_high;
      if (decoded_i.is_pv) s2_elements_q <= elements;
      s2_scale_low_q   <= s1_scale_low_q;
      s2_scale_high_q  <= s1_scale_high_q;
      s2_shift_low_q   <= decoded_i.is_mac ? scalars[3:0] : s1_token_shift_q;
      s2_shift_high_q  <= two_groups ? scalars[11:8] : scalars[3:0];
      s2_exponent_q    <= decoded_i.is_mac ? s1_base : scalars[7:0];
      s2_vector_q      <= s1_vector_q;
      s2_sums_q        <= s1_sums_q;
      s2_result_word_q <= s1_result_word_q;
    end
  end

  logic signed [63:0] term_low, term_high, term;
  // A dot product of MAC has 28 bits (a_dot_width).
  assign term_low  = 64'($signed(s2_low_q[27:0])) * $signed(64'(s2_scale_low_q)) <<< s2_shift_low_q;
  assign term_high = 64'($signed(s2_high_q[27:0])) * $signed(64'(s2_scale_high_q)) <<< s2_shift_high_q;
  assign term      = s2_old_q ? {s2_high_q[23:0], s2_low_q} : decoded_i.is_mac ? term_low + term_high : 64'(s2_low_q) + 64'(s2_high_q);

  // ---- stage 3: accumulate
  logic s3_valid_q, s3_first_q, s3_last_q;
  logic signed [63:0] s3_term_q;
  logic [3:0] s3_shift_q;
  logic [ 7:0] s3_exponent_q;
  logic [ 5:0] s3_vector_q;
  logic [19:0] s3_result_word_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s3_valid_q <= 1'b0;
    else s3_valid_q <= s2_valid_q && !decoded_i.is_pv;
  end
  always_ff @(posedge clk_i) begin
    if (s2_valid_q) begin
      s3_first_q       <= s2_first_q;
      s3_last_q        <= s2_last_q;
      s3_term_q        <= term;
      s3_shift_q       <= s2_shift_low_q;
      s3_exponent_q    <= s2_exponent_q;
      s3_vector_q      <= s2_vector_q;
      s3_result_word_q <= s2_result_word_q;
    end
  end

  logic signed [63:0] row_sums[0:MaxVectors-1];
  logic signed [63:0] row_sum;
  logic [VectorBits-1:0] s3_vector;  // the decoder takes no command of more than MaxVectors
  assign s3_vector = VectorBits'(s3_vector_q);
  assign row_sum = (s3_first_q ? '0 : row_sums[s3_vector]) + s3_term_q;
  always_ff @(posedge clk_i) begin
    if (s3_valid_q) row_sums[s3_vector] <= row_sum;
  end

  // ---- stage 4: round
  logic s4_valid_q;
  logic signed [63:0] s4_sum_q;
  logic signed [17:0] s4_shift_q;
  logic [19:0] s4_result_word_q;
  logic [2:0] bias;  // of the cached codes
  assign bias = fields_i.one_lane ? 3'd5 : fields_i.two_lanes ? 3'd2 : 3'd0;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s4_valid_q <= 1'b0;
    else s4_valid_q <= s3_valid_q && s3_last_q;
  end
  always_ff @(posedge clk_i) begin
    if (s3_valid_q && s3_last_q) begin
      s4_sum_q         <= decoded_i.is_mac ? row_sum : 64'(row_sum * $signed(64'(fields_i.multiplier)));
      s4_shift_q       <= decoded_i.is_mac ? -(18'($signed(s3_exponent_q)) + 18'($signed(fields_i.weight_exponent)) + 18'sd16)
          : $signed({2'b00, fields_i.multiplier_shift}) + 18'sd21 - $signed(18'(bias)) - $signed(18'(s3_shift_q)) - $signed(18'(s3_exponent_q));
      s4_result_word_q <= s3_result_word_q;
    end
  end
  logic signed [31:0] rounded;
  pim_round_sat32 #(.ShiftBits(18)) u_round (
      .x_i    (s4_sum_q),
      .shift_i(s4_shift_q),
      .y_o    (rounded)
  );

  // ---- stage 5: write
  logic s5_valid_q;
  logic [63:0] s5_data_q;
  logic [19:0] s5_result_word_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) s5_valid_q <= 1'b0;
    else s5_valid_q <= s4_valid_q;
  end
  always_ff @(posedge clk_i) begin
    if (s4_valid_q) begin
      s5_data_q        <= fields_i.keep ? s4_sum_q : {32'd0, rounded};
      s5_result_word_q <= s4_result_word_q;
    end
  end

  // ---- PV from stage 2 on: 64 sums side by side. Wider codes are fewer elements, which take turns in the lanes.
  logic pv_valid, pv_done_q, pv_second_q;
  assign pv_valid = s2_valid_q && decoded_i.is_pv;
  logic [SumRowBits-1:0] sum_row;
  assign sum_row = SumRowBits'(fields_i.one_lane ? s2_sums_q : fields_i.two_lanes ? s2_sums_q >> 1 : s2_sums_q >> 2);

  logic [4095:0] lane_sums;
  for (genvar l = 0; l < 64; l++) begin : g_sum
    logic signed [63:0] sums[0:SumRows-1];
    logic signed [63:0] sum;
    logic signed [39:0] element;
    logic here;
    assign here = pv_valid && (fields_i.one_lane || (fields_i.two_lanes ? s2_sums_q[0] == 1'(l / 32) : s2_sums_q[1:0] == 2'(l / 16)));
    always_comb begin
      sum     = '0;
      element = '0;
      if (here) begin
        element = fields_i.one_lane ? s2_elements_q[40*l+:40] : fields_i.two_lanes ? s2_elements_q[40*(l%32)+:40] : s2_elements_q[40*(l%16)+:40];
        sum     = (s2_first_q ? '0 : sums[sum_row]) + (64'(element) <<< s2_shift_low_q);
      end
    end
    always_ff @(posedge clk_i) begin
      if (here) sums[sum_row] <= sum;
    end
    assign lane_sums[64*l+:64] = sum;
  end

  // Stage 3: the complete sums, those of the elements at hand lowest.
  logic [4095:0] s3_sums_q;
  logic [19:0] s3_pv_word_q;
  logic [ 6:0] pv_elements;
  always_comb begin
    if (decoded_i.pieces != 6'd1)
      pv_elements = fields_i.one_lane ? 7'({token_bytes, 1'b0}) : fields_i.two_lanes ? 7'(token_bytes) : 7'(token_bytes[4:1]);
    else pv_elements = fields_i.one_lane ? 7'd64 : fields_i.two_lanes ? 7'd32 : 7'd16;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) pv_done_q <= 1'b0;
    else pv_done_q <= pv_valid && s2_last_q;
  end
  always_ff @(posedge clk_i) begin
    if (pv_valid && s2_last_q) begin
      s3_pv_word_q <= s2_result_word_q;
      if (fields_i.one_lane) s3_sums_q <= lane_sums;
      else if (fields_i.two_lanes) s3_sums_q[2047:0] <= s2_sums_q[0] ? lane_sums[4095:2048] : lane_sums[2047:0];
      else s3_sums_q[1023:0] <= lane_sums[1024*s2_sums_q[1:0]+:1024];
    end
  end

  // Rounded by 2^(16 - bias), half up.
  logic [2047:0] pv_rounded;
  logic signed [63:0] pv_sum, pv_shifted;
  logic pv_half;
  always_comb begin
    pv_rounded = '0;
    pv_sum     = '0;
    pv_shifted = '0;
    pv_half    = 1'b0;
    if (pv_done_q && !fields_i.keep) begin
      for (int i = 0; i < 64; i++) begin
        pv_sum     = s3_sums_q[64*i+:64];
        pv_half    = fields_i.one_lane ? pv_sum[10] : fields_i.two_lanes ? pv_sum[13] : pv_sum[15];
        pv_shifted = (fields_i.one_lane ? pv_sum >>> 11 : fields_i.two_lanes ? pv_sum >>> 14 : pv_sum >>> 16) + (pv_half ? 64'sd1 : 64'sd0);
        if (pv_shifted[63:31] == '0 || pv_shifted[63:31] == '1) pv_rounded[32*i+:32] = pv_shifted[31:0];
        else pv_rounded[32*i+:32] = {pv_shifted[63], {31{~pv_shifted[63]}}};
      end
    end
  end

  // Stage 4: write; 64-bit sums of a whole column of four-bit codes take two cycles.
  logic s4_pv_q;
  logic [2047:0] s4_pv_data_q, s4_pv_upper_q;
  logic [19:0] s4_pv_word_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s4_pv_q     <= 1'b0;
      pv_second_q <= 1'b0;
    end else begin
      s4_pv_q     <= pv_done_q;
      pv_second_q <= s4_pv_q && fields_i.keep && pv_elements == 7'd64;
    end
  end
  always_ff @(posedge clk_i) begin
    if (pv_done_q) begin
      s4_pv_data_q  <= fields_i.keep ? s3_sums_q[2047:0] : pv_rounded;
      s4_pv_upper_q <= s3_sums_q[4095:2048];
      s4_pv_word_q  <= s3_pv_word_q;
    end
  end

  logic [9:0] pv_bytes;
  assign pv_bytes = fields_i.keep ? {pv_elements, 3'b000} : {1'b0, pv_elements, 2'b00};
  always_comb begin
    write_o.req   = s5_valid_q || s4_pv_q || pv_second_q;
    write_o.word  = s5_result_word_q;
    write_o.bytes = fields_i.keep ? 9'd8 : 9'd4;
    write_data_o  = 2048'(s5_data_q);
    if (s4_pv_q) begin
      write_o.word  = s4_pv_word_q;
      write_o.bytes = pv_bytes > 10'd256 ? 9'd256 : pv_bytes[8:0];
      write_data_o  = s4_pv_data_q;
    end else if (pv_second_q) begin
      write_o.word  = s4_pv_word_q + 20'd64;
      write_o.bytes = 9'd256;
      write_data_o  = s4_pv_upper_q;
    end
  end

`ifdef PIM_ASSERTIONS
  // |weight| <= 31, 32 of them, or 255, 16 of them; a mantissa of 16 bits.
  a_dot_width :
  assert property (@(posedge clk_i) s1_valid_q && decoded_i.is_mac && !s1_old_q |->
      (dot_low[39:27] == '0 || dot_low[39:27] == '1) && (dot_high[39:27] == '0 || dot_high[39:27] == '1));
  // Sums of 64 bits are exact.
  a_products_fit :
  assert property (@(posedge clk_i) s2_valid_q && decoded_i.is_mac && !s2_old_q |->
      s2_shift_low_q <= 4'd12 && (s2_scale_high_q == '0 || s2_shift_high_q <= 4'd12));
  a_sums_are_there :
  assert property (@(posedge clk_i) pv_valid |->
      32'(sum_row) < SumRows && s2_sums_q >> (fields_i.one_lane ? 0 : fields_i.two_lanes ? 1 : 2) < 9'(SumRows));
  // A result is written five cycles after its last beat, four with PV and one more for the upper half of 64 wide sums: a
  // stage too many, which the drain of a command would hide, is a failure here.
  a_results_in_time :
  assert property (@(posedge clk_i) write_o.req == (decoded_i.is_pv
      ? $past(beat_i.valid && beat_i.ends, 4) || ($past(beat_i.valid && beat_i.ends, 5) && fields_i.keep && pv_elements == 7'd64)
      : $past(beat_i.valid && beat_i.ends, 5)));
  // A second write goes where no other does.
  a_one_write :
  assert property (@(posedge clk_i) !(pv_second_q && s4_pv_q) && !(s5_valid_q && (s4_pv_q || pv_second_q)));
`endif
endmodule
